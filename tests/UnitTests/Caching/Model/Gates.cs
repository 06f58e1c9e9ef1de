namespace NeuroLab.UnitTests.Caching.Model;

/// <summary>A place where something of a process waits until the scheduler lets it go on.</summary>
internal sealed class Gate(ModelProcess process, string what)
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ModelProcess Process { get; } = process;

    public string What { get; } = what;

    public Task Opened => _opened.Task;

    public void Open() => _opened.SetResult();
}

/// <summary>Every gate at which something waits, in the order in which it came.</summary>
internal sealed class Gates
{
    private readonly List<Gate> _waiting = [];

    /// <summary>How many wait.</summary>
    public int Count => _waiting.Count;

    /// <summary>Waits until the scheduler opens the gate. A process that is gone waits for ever.</summary>
    public Task PassAsync(ModelProcess process, string what)
    {
        var gate = new Gate(process, what);
        if (!process.IsDead)
        {
            _waiting.Add(gate);
        }

        return gate.Opened;
    }

    /// <summary>Takes one of the gates of processes that run; null where there is none.</summary>
    public Gate? TakeOne(Random random)
    {
        var awake = 0;
        foreach (var gate in _waiting)
        {
            awake += gate.Process.IsRunning ? 1 : 0;
        }

        if (awake == 0)
        {
            return null;
        }

        var chosen = random.Next(awake);
        for (var i = 0; ; i++)
        {
            if (_waiting[i].Process.IsRunning && chosen-- == 0)
            {
                var gate = _waiting[i];
                _waiting.RemoveAt(i);
                return gate;
            }
        }
    }

    /// <summary>The process is gone, and with it whatever waited in it.</summary>
    public void Forget(ModelProcess process) => _waiting.RemoveAll(gate => gate.Process == process);
}
