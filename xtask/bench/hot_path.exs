# The hot path written plainly in Elixir/OTP: what `cargo xtask bench` measures
# the console against. A GenServer for each sensor, an ETS table as the hot
# store, a Registry to publish, one subscriber that reads everything.
#
#   elixir --erl "+sbwt none +sbwtdcpu none +sbwtdio none" hot_path.exs SENSORS BATCH SECONDS
#
# The schedulers must not busy-wait: it would count as work. Prints one line of JSON.

defmodule Sensor do
  @moduledoc "One sensor: decodes a packet, stores its samples, publishes them."
  use GenServer

  @hot_limit 500
  # The platform's mailbox guard: behind so many waiting messages, drop.
  @mailbox_limit 500

  def start_link({id, drops}), do: GenServer.start_link(__MODULE__, {id, drops})

  @impl true
  def init({id, drops}), do: {:ok, %{id: id, seq: 0, drops: drops}}

  @impl true
  def handle_info({:packet, at_ns, payload}, state) do
    {:message_queue_len, waiting} = Process.info(self(), :message_queue_len)

    if waiting > @mailbox_limit do
      :counters.add(state.drops, 1, div(byte_size(payload), 2))
      {:noreply, state}
    else
      {:noreply, take(at_ns, payload, state)}
    end
  end

  defp take(at_ns, payload, %{id: id, seq: seq} = state) do
    samples = decode(payload, at_ns, [])
    {rows, next} = rows(samples, id, seq, [])
    :ets.insert(:hot_store, rows)
    publish(:ets.lookup_element(:attention, id, 2), id, samples)
    %{state | seq: next}
  end

  # i16 little-endian, 2 ms apart.
  defp decode(<<raw::little-signed-16, rest::binary>>, at_ns, done),
    do: decode(rest, at_ns + 2_000_000, [{at_ns, raw * 0.001} | done])

  defp decode(<<>>, _at_ns, done), do: Enum.reverse(done)

  defp rows([{at_ns, value} | rest], id, seq, done),
    do: rows(rest, id, seq + 1, [{{id, :ecg, rem(seq, @hot_limit)}, at_ns, value} | done])

  defp rows([], _id, seq, done), do: {done, seq}

  defp publish(:none, _id, _samples), do: :ok

  defp publish(level, id, samples) do
    Registry.dispatch(Bus, level, fn entries ->
      for {pid, _} <- entries, do: send(pid, {:measurements, id, samples})
    end)
  end
end

defmodule Subscriber do
  @moduledoc "Reads everything; gives the producer credit for what it has read."

  def start(producer, credit_every) do
    parent = self()

    pid =
      spawn_link(fn ->
        {:ok, _} = Registry.register(Bus, :high, nil)
        send(parent, :subscribed)
        loop(producer, credit_every, 0, 0, 0.0)
      end)

    receive do: (:subscribed -> pid)
  end

  defp loop(producer, credit_every, messages, samples, sum) do
    receive do
      {:measurements, _id, batch} ->
        {n, sum} = read(batch, 0, sum)
        messages = messages + 1
        if rem(messages, credit_every) == 0, do: send(producer, :credit)
        loop(producer, credit_every, messages, samples + n, sum)

      {:total, from} ->
        send(from, {:read, samples})
        loop(producer, credit_every, messages, samples, sum)
    end
  end

  defp read([{_at_ns, value} | rest], n, sum), do: read(rest, n + 1, sum + value)
  defp read([], n, sum), do: {n, sum}
end

defmodule Producer do
  @moduledoc "Sends one packet to each sensor in turn, never further ahead than its credit."

  def run(pids, packet, until, credit_every, credits), do: round(pids, pids, packet, until, credit_every, credits, 0, 0)

  defp round([], pids, packet, until, every, credits, in_credit, sent) do
    if System.monotonic_time(:millisecond) < until,
      do: round(pids, pids, packet, until, every, credits, in_credit, sent),
      else: sent
  end

  defp round(rest, pids, packet, until, every, 0, in_credit, sent) do
    receive do: (:credit -> round(rest, pids, packet, until, every, 1, in_credit, sent))
  end

  defp round([pid | rest], pids, packet, until, every, credits, in_credit, sent) do
    send(pid, {:packet, sent, packet})

    if in_credit + 1 == every,
      do: round(rest, pids, packet, until, every, credits - 1, 0, sent + 1),
      else: round(rest, pids, packet, until, every, credits, in_credit + 1, sent + 1)
  end
end

defmodule Bench do
  def main([sensors, batch, seconds]) do
    [sensors, batch, seconds] = Enum.map([sensors, batch, seconds], &String.to_integer/1)
    {:ok, _} = Registry.start_link(keys: :duplicate, name: Bus)
    :ets.new(:hot_store, [:named_table, :public, :set, write_concurrency: true, read_concurrency: true])
    :ets.new(:attention, [:named_table, :public, :set, read_concurrency: true])
    drops = :counters.new(1, [:write_concurrency])

    pids =
      for id <- 1..sensors do
        :ets.insert(:attention, {id, :high})
        {:ok, pid} = Sensor.start_link({id, drops})
        pid
      end

    credit_every = 1000
    subscriber = Subscriber.start(self(), credit_every)
    packet = for k <- 1..batch, into: <<>>, do: <<rem(k * 37, 4096) - 2048::little-signed-16>>
    # A first second to warm up, uncounted.
    warm = Producer.run(pids, packet, now_ms() + 1000, credit_every, 16)
    settle(subscriber, warm * batch, drops)
    # The credits of the warm-up come back: start with those that are there.
    credits = flush(0)
    {cpu0, wall0} = {cpu_seconds(), now_ms()}
    sent = Producer.run(pids, packet, now_ms() + seconds * 1000, credit_every, max(credits, 8))
    read = settle(subscriber, (warm + sent) * batch, drops) - warm * batch
    {cpu, wall} = {cpu_seconds() - cpu0, (now_ms() - wall0) / 1000}
    dropped = :counters.get(drops, 1)
    lost = sent * batch - read - dropped

    IO.puts(
      ~s({"samples": #{read}, "cpu_seconds": #{cpu}, "wall_seconds": #{wall}, ) <>
        ~s("dropped_counted": #{dropped}, "dropped_uncounted": #{lost}})
    )
  end

  # Waits until everything sent has been read or counted as dropped.
  defp settle(subscriber, sent, drops) do
    me = self()
    Process.sleep(20)
    read = ask(subscriber, me)
    if read + :counters.get(drops, 1) >= sent, do: read, else: settle(subscriber, sent, drops)
  end

  defp ask(subscriber, me) do
    send(subscriber, {:total, me})
    receive do: ({:read, samples} -> samples)
  end

  defp flush(n) do
    receive do
      :credit -> flush(n + 1)
    after
      0 -> n
    end
  end

  defp now_ms, do: System.monotonic_time(:millisecond)

  defp cpu_seconds do
    fields = File.read!("/proc/self/stat") |> String.split(") ") |> List.last() |> String.split()
    ticks = String.to_integer(Enum.at(fields, 11)) + String.to_integer(Enum.at(fields, 12))
    ticks / 100
  end
end

Bench.main(System.argv())
