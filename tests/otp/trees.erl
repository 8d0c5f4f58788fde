%% Runs scripts of what happens to supervision trees under OTP's own supervisor
%% and writes down what it does.
%%
%% Input: one Erlang term a line, {Number, PeriodS, Tree, Steps} (see erlang.rs).
%% Output: "#Number", then the lines of its trace (see trace.rs). "late" instead of
%% a trace: the machine was too busy for the script's timing; run it again.
-module(trees).
-behaviour(supervisor).
-export([main/1]).
-export([init/1, log/2]).
-export([start_worker/3, start_sup/3, start_dynamic/4]).

%% Scripts that do something at the same time; any number may sleep.
-define(AT_ONCE, 4).
%% Whole seconds are what OTP counts in: two of them lie between before and after.
-define(WAIT_MS, 2050).
%% What happens between two waits must fit well into a period of one second.
-define(LATE_MS, 950).
%% A worker has this long to stop. Those that never do make the test wait for it.
-define(DEADLINE_MS, 5000).
-define(MISSED_DEADLINE_MS, 15).

main([In, Out]) ->
    ok = logger:set_primary_config(level, error),
    ok = logger:remove_handler(default),
    ok = logger:add_handler(?MODULE, ?MODULE, #{level => error}),
    {ok, Text} = file:read_file(In),
    Lines = binary:split(Text, <<"\n">>, [global, trim_all]),
    Gate = spawn_link(fun() -> gate(?AT_ONCE, queue:new()) end),
    Runs = [spawn_monitor(fun() -> exit({trace, script(Line, Gate)}) end) || Line <- Lines],
    ok = file:write_file(Out, [receive {'DOWN', _, _, _, Why} -> written(Why) end || _ <- Runs]),
    halt(0).

written({trace, Text}) -> Text;
written(Why) -> io_lib:format("#error ~0p~n", [Why]).

%% --- One script ---

script(Line, Gate) ->
    process_flag(trap_exit, true),
    enter(Gate),
    {ok, Tokens, _} = erl_scan:string(binary_to_list(Line) ++ "."),
    {ok, {Number, PeriodS, Tree, Steps}} = erl_parse:parse_term(Tokens),
    T = ets:new(trace, [ordered_set, public]),
    ets:insert(T, {watcher, spawn_link(fun() -> watcher(T, #{}) end)}),
    ets:insert(T, {period, PeriodS}),
    Began = erlang:monotonic_time(millisecond),
    _ = start_sup(T, [], Tree),
    settle(T),
    First = close(T),
    {Rest, Timely} = steps(Steps, T, Gate, PeriodS, Began, []),
    shut_down(T),
    Last = close(T),
    leave(Gate),
    case Timely of
        true -> io_lib:format("#~b~n~s~s~s", [Number, First, Rest, Last]);
        false -> io_lib:format("#~b~nlate~n", [Number])
    end.

steps(Steps, T, Gate, PeriodS, Began, Done) ->
    case Steps of
        [] -> {lists:reverse(Done), timely(PeriodS, Began)};
        [wait | Rest] ->
            Timely = timely(PeriodS, Began),
            leave(Gate),
            timer:sleep(?WAIT_MS),
            enter(Gate),
            Text = close(T),
            Now = erlang:monotonic_time(millisecond),
            {More, Later} = steps(Rest, T, Gate, PeriodS, Now, [Text | Done]),
            {More, Timely andalso Later};
        [Step | Rest] ->
            Answers = step(Step, T),
            settle(T),
            steps(Rest, T, Gate, PeriodS, Began, [close(T, Answers()) | Done])
    end.

timely(1, Began) -> erlang:monotonic_time(millisecond) - Began < ?LATE_MS;
timely(_, _) -> true.

%% The result gives the answers once the tree is quiet.
step({end_supervisor, Path}, T) ->
    case living(T, Path) of
        false -> answers([absent]);
        Pid -> catch gen_server:stop(Pid, shutdown, infinity), answers([])
    end;
step({tell, Path, Messages}, T) ->
    case living(T, Path) of
        false -> answers([absent]);
        Pid -> tell(Pid, Path, Messages, T)
    end.

answers(Answers) -> fun() -> Answers end.

%% Fills the mailbox of a supervisor that is held back, then lets it go.
tell(Pid, Path, Messages, T) ->
    ok = sys:suspend(Pid, infinity),
    Dynamic = lookup(T, {dynamic, Path}, false),
    Told = [send(Message, Pid, Path, Dynamic, T) || Message <- Messages],
    ok = sys:resume(Pid, infinity),
    Absent = [absent || absent <- Told],
    Requests = [Request || {request, Request} <- Told],
    fun() -> Absent ++ [answer(gen_server:receive_response(Request, infinity)) || Request <- Requests] end.

send({exit, Id, Reason}, Sup, Path, _, T) ->
    case living(T, Path ++ [Id]) of
        false -> absent;
        Pid ->
            case ets:member(T, {sup, Pid}) of
                true -> absent;
                false ->
                    Waiting = waiting(Sup),
                    Pid ! {die, Reason},
                    until(fun() -> waiting(Sup) > Waiting end)
            end
    end;
send({terminate, Id}, Sup, Path, true, T) ->
    case living(T, Path ++ [Id]) of
        false -> absent;
        Pid -> request(Sup, {terminate_child, Pid})
    end;
send({terminate, Id}, Sup, _, false, _) -> request(Sup, {terminate_child, Id});
send({restart, Id}, Sup, _, _, _) -> request(Sup, {restart_child, Id});
send({delete, Id}, Sup, _, _, _) -> request(Sup, {delete_child, Id});
send({add, {Id, _, _, _, Kind}}, Sup, _, true, _) -> request(Sup, {start_child, [Id, Kind]});
send({add, Child}, Sup, Path, false, T) -> request(Sup, {start_child, spec(T, Path, Child)}).

request(Sup, Message) -> {request, gen_server:send_request(Sup, Message)}.

waiting(Pid) ->
    {message_queue_len, Count} = process_info(Pid, message_queue_len),
    Count.

answer({error, _}) -> ended;
answer({reply, Reply}) ->
    case Reply of
        ok -> done;
        {ok, _} -> done;
        {error, {already_started, _}} -> running;
        {error, Why} when is_atom(Why), Why =/= broken -> Why;
        {error, _} -> failed
    end.

%% Until every supervisor has looked at everything: its children live, none is to
%% be tried again, and none of them ends while this goes round.
settle(T) -> until(fun() -> quiet(T, []) end).

quiet(T, Path) ->
    case living(T, Path) of
        false -> Path =:= []; % The root has ended, and all is quiet.
        Pid ->
            try supervisor:which_children(Pid) of
                Children -> lists:all(fun(Child) -> quiet_child(T, Child) end, Children)
            catch
                exit:_ -> false
            end
    end.

quiet_child(_, {_, restarting, _, _}) -> false;
quiet_child(_, {_, undefined, _, _}) -> true;
quiet_child(T, {_, Pid, Type, _}) ->
    is_process_alive(Pid) andalso (Type =:= worker orelse quiet(T, lookup(T, {path, Pid}, none))).

until(Holds) ->
    case Holds() of
        true -> ok;
        false -> erlang:yield(), until(Holds)
    end.

shut_down(T) ->
    case living(T, []) of
        false -> ok;
        Pid ->
            Ref = monitor(process, Pid),
            exit(Pid, shutdown),
            receive {'DOWN', Ref, _, _, _} -> ok end
    end.

%% --- The trace ---

close(T) -> close(T, []).

close(T, Answers) ->
    lookup(T, watcher, none) ! {settle, self()},
    receive settled -> ok end,
    Log = [[Text, $\n] || [Text] <- ets:match(T, {{log, '_'}, '$1'})],
    Ends = lists:sort([Text || [Text] <- ets:match(T, {{ended, '_'}, '$1'})]),
    ets:match_delete(T, {{log, '_'}, '_'}),
    ets:match_delete(T, {{ended, '_'}, '_'}),
    [Log, [[Text, $\n] || Text <- Ends], [["answer ", atom_to_list(A), $\n] || A <- Answers], tree(T), "--\n"].

tree(T) ->
    Sups = lists:sort([Path || [Path] <- ets:match(T, {{pid, '$1'}, '_'}), living(T, Path) =/= false,
                               ets:member(T, {sup, living(T, Path)})]),
    [io_lib:format("tree ~s:~s~n", [show(Path), children(T, Path)]) || Path <- Sups].

children(T, Path) ->
    Children = lists:reverse(supervisor:which_children(living(T, Path))),
    case lookup(T, {dynamic, Path}, false) of
        false -> [io_lib:format(" ~b=~s", [Id, status(Pid)]) || {Id, Pid, _, _} <- Children];
        true ->
            Ids = [{lists:last(lookup(T, {path, Pid}, [0])), status(Pid)} || {_, Pid, _, _} <- Children],
            [io_lib:format(" ~b=~s", [Id, Status]) || {Id, Status} <- lists:sort(Ids)]
    end.

status(undefined) -> "stopped";
status(restarting) -> "restarting";
status(_) -> "running".

show(Path) -> lists:join($., ["0" | [integer_to_list(Id) || Id <- Path]]).

note(T, Format, Path) ->
    Text = lists:flatten(io_lib:format(Format, [show(Path)])),
    ets:insert(T, {{log, erlang:unique_integer([monotonic])}, Text}).

lookup(T, Key, Default) ->
    case ets:lookup(T, Key) of
        [{_, Value}] -> Value;
        [] -> Default
    end.

living(T, Path) ->
    case lookup(T, {pid, Path}, none) of
        none -> false;
        Pid -> is_process_alive(Pid) andalso Pid
    end.

%% Notes how every child ends.
watcher(T, Watched) ->
    receive
        {watch, From, Pid, Path} ->
            Ref = monitor(process, Pid),
            From ! watched,
            watcher(T, Watched#{Ref => {Pid, Path}});
        {'DOWN', Ref, _, _, Reason} -> watcher(T, ended(T, Ref, Reason, Watched));
        {settle, From} ->
            Left = maps:fold(fun(Ref, {Pid, _}, Left) -> awaited(T, Ref, Pid, Left) end, Watched, Watched),
            From ! settled,
            watcher(T, Left)
    end.

awaited(T, Ref, Pid, Watched) ->
    case is_process_alive(Pid) of
        true -> Watched;
        false -> receive {'DOWN', Ref, _, _, Reason} -> ended(T, Ref, Reason, Watched) end
    end.

ended(T, Ref, Reason, Watched) ->
    {{_, Path}, Left} = maps:take(Ref, Watched),
    Text = lists:flatten(io_lib:format("end ~s ~s", [show(Path), how(Reason)])),
    ets:insert(T, {{ended, erlang:unique_integer()}, Text}),
    Left.

how(normal) -> "normal";
how(shutdown) -> "shutdown";
how({shutdown, _}) -> "shutdown";
how(killed) -> "killed";
how(crash) -> "crash";
how(Other) -> io_lib:format("~0p", [Other]).

watch(T, Pid, Path) ->
    ets:insert(T, [{{pid, Path}, Pid}, {{path, Pid}, Path}]),
    lookup(T, watcher, none) ! {watch, self(), Pid, Path},
    receive watched -> ok end.

%% --- Supervisors ---

start_sup(T, Path, Sup) ->
    note(T, "boot ~s", Path),
    case supervisor:start_link(?MODULE, {T, Path, Sup}) of
        {ok, Pid} ->
            ets:insert(T, {{sup, Pid}, true}),
            watch(T, Pid, Path),
            note(T, "booted ~s", Path),
            {ok, Pid};
        {error, _} ->
            note(T, "boot failed ~s", Path),
            {error, broken}
    end.

init({T, Path, {sup, Strategy, RestartsMax, AutoShutdown, Children}}) ->
    put(?MODULE, {T, Path}),
    Flags = #{strategy => Strategy, intensity => RestartsMax, period => lookup(T, period, 1),
              auto_shutdown => AutoShutdown},
    ets:insert(T, {{dynamic, Path}, Strategy =:= simple_one_for_one}),
    case Strategy of
        simple_one_for_one -> {ok, {Flags, [template(T, Path, Child) || Child <- Children]}};
        _ -> {ok, {Flags, [spec(T, Path, Child) || Child <- Children]}}
    end.

spec(T, Path, {Id, Restart, Significant, Shutdown, Kind}) ->
    Spec = #{id => Id, restart => Restart, significant => Significant},
    case Kind of
        {worker, Stubborn, _} ->
            Spec#{start => {?MODULE, start_worker, [T, Path ++ [Id], Kind]}, type => worker,
                  shutdown => deadline(Shutdown, Stubborn)};
        _ ->
            Spec#{start => {?MODULE, start_sup, [T, Path ++ [Id], Kind]}, type => supervisor, shutdown => infinity}
    end.

deadline(deadline, true) -> ?MISSED_DEADLINE_MS;
deadline(deadline, false) -> ?DEADLINE_MS;
deadline(Other, _) -> Other.

template(T, Path, Child) -> (spec(T, Path, Child))#{start => {?MODULE, start_dynamic, [T, Path]}}.

start_dynamic(T, Path, Id, {worker, _, _} = Kind) -> start_worker(T, Path ++ [Id], Kind);
start_dynamic(T, Path, Id, Kind) -> start_sup(T, Path ++ [Id], Kind).

%% The supervisor reports here, in its own process, that it gives up.
log(#{msg := {report, #{label := {supervisor, shutdown}}}}, _) ->
    {T, Path} = get(?MODULE),
    note(T, "gave up ~s", Path);
log(_, _) -> ok.

%% --- Workers ---

start_worker(T, Path, {worker, Stubborn, Faults}) ->
    Attempt = ets:update_counter(T, {attempts, Path}, 1, {{attempts, Path}, 0}),
    case lists:keyfind(Attempt, 1, Faults) of
        {_, fails} -> note(T, "start ~s failed", Path), {error, broken};
        {_, ignores} -> note(T, "start ~s ignored", Path), ignore;
        false ->
            note(T, "start ~s ok", Path),
            Sup = self(),
            Pid = spawn_link(fun() -> worker(T, Path, Stubborn, Sup) end),
            receive {up, Pid} -> ok end,
            watch(T, Pid, Path),
            {ok, Pid}
    end.

worker(T, Path, Stubborn, Sup) ->
    process_flag(trap_exit, true),
    Sup ! {up, self()},
    receive
        {die, Reason} -> exit(Reason);
        {'EXIT', Sup, Reason} ->
            note(T, "stop ~s", Path),
            case Stubborn of
                true -> receive never -> ok end;
                false -> exit(Reason)
            end
    end.

%% --- The gate: who does something at the same time ---

enter(Gate) ->
    Gate ! {enter, self()},
    receive entered -> ok end.

leave(Gate) -> Gate ! leave.

gate(Free, Queue) ->
    receive
        {enter, Pid} when Free > 0 -> Pid ! entered, gate(Free - 1, Queue);
        {enter, Pid} -> gate(Free, queue:in(Pid, Queue));
        leave ->
            case queue:out(Queue) of
                {{value, Pid}, Rest} -> Pid ! entered, gate(Free, Rest);
                {empty, _} -> gate(Free + 1, Queue)
            end
    end.
