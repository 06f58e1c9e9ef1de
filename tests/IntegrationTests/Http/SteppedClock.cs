using System.Diagnostics;

namespace NeuroLab.IntegrationTests.Http;

/// <summary>The machine's clocks and timers: the wall clock can be stepped, and time can pass by on both. Thread-safe.</summary>
internal sealed class SteppedClock : TimeProvider
{
    private long _stepped;
    private long _passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Steps the wall clock alone.</summary>
    public void Step(TimeSpan by) => Interlocked.Add(ref _stepped, by.Ticks);

    /// <summary>Lets time pass. Timers do not run for it.</summary>
    public void Pass(TimeSpan time) => Interlocked.Add(ref _passed, time.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _stepped) + Interlocked.Read(ref _passed));

    public override long GetTimestamp() => Stopwatch.GetElapsedTime(0).Ticks + Interlocked.Read(ref _passed);
}
