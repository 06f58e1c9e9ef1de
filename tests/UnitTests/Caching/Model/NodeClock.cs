namespace NeuroLab.UnitTests.Caching.Model;

/// <summary>
/// One process's view of the world's clock. While the process is paused its timers do not fire, but time runs on; its wall clock may be off.
/// </summary>
internal sealed class NodeClock(TimeProvider world, TimeSpan wallClockError) : TimeProvider
{
    private readonly List<Action> _held = [];
    private bool _paused;
    private bool _dead;

    public override long TimestampFrequency => world.TimestampFrequency;

    public override long GetTimestamp() => world.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => world.GetUtcNow() + wallClockError;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        world.CreateTimer(_ => Fire(() => callback(state)), null, dueTime, period);

    public void Pause() => _paused = true;

    public void Resume()
    {
        _paused = false;
        var held = _held.ToList();
        _held.Clear();
        held.ForEach(Fire);
    }

    /// <summary>The process is gone: its timers never fire again.</summary>
    public void Stop() => _dead = true;

    private void Fire(Action timer)
    {
        if (_dead)
        {
            return;
        }

        if (_paused)
        {
            _held.Add(timer);
            return;
        }

        timer();
    }
}
