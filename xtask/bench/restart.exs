# Restart of a crashed worker in plain OTP: what `cargo xtask bench` measures the
# console's supervision against. One worker under a supervisor crashes again and
# again while 99 others go on taking packets.
#
#   elixir --erl "+sbwt none +sbwtdcpu none +sbwtdio none" restart.exs CRASHES
#
# From the instruction before the crash to the end of the new worker's `init`.
# Crash reports are switched off: this is OTP at its best. Prints one line of JSON.

defmodule Worker do
  use GenServer

  def start_link(id), do: GenServer.start_link(__MODULE__, id)

  def child_spec(id), do: %{id: id, start: {__MODULE__, :start_link, [id]}, restart: :permanent}

  @impl true
  def init(id) do
    :ets.insert(:pids, {id, self()})
    :ets.insert(:stamps, {{:up, id}, :erlang.monotonic_time(:nanosecond)})
    {:ok, %{id: id, seen: 0}}
  end

  @impl true
  def handle_info(:crash, state) do
    :ets.insert(:stamps, {{:down, state.id}, :erlang.monotonic_time(:nanosecond)})
    raise "planted"
  end

  def handle_info({:packet, value}, state) do
    :ets.insert(:values, {state.id, value})
    {:noreply, %{state | seen: state.seen + 1}}
  end
end

defmodule Bench do
  def main([crashes]) do
    :logger.set_primary_config(:level, :none)
    for name <- [:pids, :stamps, :values], do: :ets.new(name, [:named_table, :public, :set])
    children = for id <- 1..100, do: Worker.child_spec(id)
    {:ok, _} = Supervisor.start_link(children, strategy: :one_for_one, max_restarts: 1_000_000, max_seconds: 1)
    spawn_link(fn -> feed(Enum.map(2..100, &pid/1)) end)
    took = for _ <- 1..String.to_integer(crashes), do: crash()
    sorted = Enum.sort(took)
    at = fn share -> Enum.at(sorted, trunc(share * (length(sorted) - 1))) / 1000 end
    IO.puts(~s({"p50_us": #{at.(0.5)}, "p95_us": #{at.(0.95)}, "restarts": #{length(sorted)}}))
  end

  defp crash do
    old = pid(1)
    send(old, :crash)
    wait_for_other_than(old)
    Process.sleep(2)
    stamp({:up, 1}) - stamp({:down, 1})
  end

  defp wait_for_other_than(old) do
    if pid(1) == old do
      :erlang.yield()
      wait_for_other_than(old)
    end
  end

  # A packet for each of the others every 2 ms.
  defp feed(pids) do
    for pid <- pids, do: send(pid, {:packet, 1})
    Process.sleep(2)
    feed(pids)
  end

  defp pid(id), do: :ets.lookup_element(:pids, id, 2)
  defp stamp(key), do: :ets.lookup_element(:stamps, key, 2)
end

Bench.main(System.argv())
