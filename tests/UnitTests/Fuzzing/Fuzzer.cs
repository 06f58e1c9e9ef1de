using System.Diagnostics;
using System.Globalization;

namespace NeuroLab.UnitTests.Fuzzing;

/// <summary>How long a run is, and what it may take.</summary>
/// <param name="Inputs">Inputs after which it ends.</param>
/// <param name="Time">The time after which it ends before that; a run that has to come to its inputs has none.</param>
internal sealed record FuzzLimits(long Inputs, TimeSpan Time)
{
    /// <summary>Processor time that one input may take. Not time alone: a machine that is busy with something else makes no input slow.</summary>
    public TimeSpan ProcessorTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The time after which an input hangs that takes no processor time either.</summary>
    public TimeSpan StillFor { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Bytes by which the heap may grow while the run lasts, what is not yet collected included.</summary>
    public long Heap { get; init; } = 512L * 1024 * 1024;

    /// <summary>Bytes by which the heap may have grown when it is over and all is collected.</summary>
    public long HeapAfterwards { get; init; } = 48L * 1024 * 1024;
}

/// <summary>What a run was.</summary>
internal sealed record FuzzReport(string Target, int Seed, long Inputs, int Outcomes, int Known, TimeSpan Elapsed, TimeSpan Processor, long PeakHeap)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Target}: seed {Seed}, {Inputs:N0} inputs in {Elapsed.TotalSeconds:F1} s, {Processor.TotalSeconds:F1} s of processor time ({Inputs / Math.Max(0.001, Elapsed.TotalSeconds):N0} a second), {Outcomes} outcomes, {Known} inputs known at the end, heap {PeakHeap / 1048576} MiB more at most");
}

/// <summary>An input that breaks what has to hold; the message has all that is needed to run it again.</summary>
public sealed class FuzzFailureException(string message, Exception? inner) : Exception(message, inner);

/// <summary>
/// Feeds a target on a thread of its own, and watches it from the caller's: an exception, an input that takes too much processor time or never ends, too many bytes
/// allocated, a heap that grows, and a disagreement end the run with the input named. A seed makes the same inputs each time.
/// </summary>
internal sealed class Fuzzer
{
    private static readonly TimeSpan WatchEvery = TimeSpan.FromMilliseconds(50);

    private readonly FuzzTarget _target;
    private readonly FuzzLimits _limits;
    private readonly int _seed;
    private readonly Mutator _mutator;
    private readonly HashSet<int> _outcomes = [];
    private readonly Stopwatch _elapsed = new();
    private byte[] _current = [];
    private long _inputs;
    private bool _stop;
    private Exception? _failure;

    private Fuzzer(FuzzTarget target, FuzzLimits limits, int seed)
    {
        (_target, _limits, _seed) = (target, limits, seed);
        _mutator = new Mutator(target, new Random(seed));
    }

    /// <summary>Runs what is known first, then what is made from it.</summary>
    /// <exception cref="FuzzFailureException">An input breaks what has to hold.</exception>
    public static FuzzReport Run(FuzzTarget target, FuzzLimits limits, int seed) =>
        new Fuzzer(target, limits, seed).Watch(fuzzer => fuzzer.Work());

    /// <summary>Runs one input, as often as a run would.</summary>
    /// <exception cref="FuzzFailureException">It breaks what has to hold.</exception>
    public static FuzzReport Replay(FuzzTarget target, FuzzLimits limits, byte[] input) =>
        new Fuzzer(target, limits, 0).Watch(fuzzer => fuzzer.Try(input));

    private FuzzReport Watch(Action<Fuzzer> work)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        // The stack of the server's own threads: what would overflow there overflows here.
        var thread = new Thread(() => Guard(work)) { IsBackground = true, Name = "fuzz" };
        _elapsed.Start();
        thread.Start();
        var started = Environment.CpuUsage.TotalTime;
        var (seen, since, used, peak) = (-1L, TimeSpan.Zero, TimeSpan.Zero, 0L);
        while (!thread.Join(WatchEvery))
        {
            peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false) - before);
            var input = Volatile.Read(ref _current);
            var inputs = Interlocked.Read(ref _inputs);
            if (inputs != seen)
            {
                (seen, since, used) = (inputs, _elapsed.Elapsed, Environment.CpuUsage.TotalTime);
            }
            else if (Environment.CpuUsage.TotalTime - used > _limits.ProcessorTime || _elapsed.Elapsed - since > _limits.StillFor)
            {
                Volatile.Write(ref _stop, true);
                throw Failure($"took more than {_limits.ProcessorTime} of processor time, or never ended", input, inputs, null);
            }

            if (peak > _limits.Heap)
            {
                Volatile.Write(ref _stop, true);
                throw Failure($"was running when the heap had grown by {peak} bytes", input, inputs, null);
            }
        }

        if (_failure is not null)
        {
            throw _failure;
        }

        _elapsed.Stop();
        var processor = Environment.CpuUsage.TotalTime - started;
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        return grown <= _limits.HeapAfterwards
            ? new FuzzReport(_target.GetType().Name, _seed, _inputs, _outcomes.Count, _mutator.Known, _elapsed.Elapsed, processor, peak)
            : throw Failure($"was the last one, and the heap has grown by {grown} bytes for good", _current, _inputs, null);
    }

    private void Guard(Action<Fuzzer> work)
    {
        try
        {
            work(this);
        }
#pragma warning disable CA1031 // Rethrown by the one who watches.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failure = exception as FuzzFailureException ?? Failure("broke the generator", _current, _inputs, exception);
        }
    }

    private void Work()
    {
        foreach (var input in _target.Regressions.Concat(_target.Seeds))
        {
            Try(input);
        }

        while (_inputs < _limits.Inputs && _elapsed.Elapsed < _limits.Time && !Volatile.Read(ref _stop))
        {
            Try(_mutator.Next());
        }
    }

    private void Try(byte[] input)
    {
        Volatile.Write(ref _current, input);
        try
        {
            _target.Prepare(input);
            var (outcome, allocated) = Measure(input);
            if (allocated > _target.AllocationBound(input))
            {
                // Once more: the first time pays for what is made once in a process.
                (outcome, allocated) = Measure(input);
                if (allocated > _target.AllocationBound(input))
                {
                    throw Failure($"allocated {allocated} bytes, and {_target.AllocationBound(input)} are allowed", input, _inputs, null);
                }
            }

            _target.Verify(input);
            if (_outcomes.Add(outcome))
            {
                _mutator.Keep(input);
            }
        }
        catch (Exception exception) when (exception is not FuzzFailureException)
        {
            throw Failure($"ended in {exception.GetType().Name}: {exception.Message}", input, _inputs, exception);
        }

        Interlocked.Increment(ref _inputs);
    }

    private (int Outcome, long Allocated) Measure(byte[] input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var outcome = _target.Run(input);
        return (outcome, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private FuzzFailureException Failure(string what, byte[] input, long number, Exception? inner) => new(
        $"{_target.GetType().Name}: input {number} of seed {_seed}, {input.Length} bytes, {what}. To run it again: {FuzzSettings.InputVariable}={Convert.ToBase64String(input)}", inner);
}
