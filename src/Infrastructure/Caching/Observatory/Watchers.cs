using System.Collections.Concurrent;
using System.Threading.Channels;

namespace NeuroLab.Infrastructure.Caching.Observatory;

/// <summary>Who watches this node. They are told that there is something to see, and look themselves what that is. Thread-safe.</summary>
internal sealed class Watchers
{
    private readonly ConcurrentDictionary<Watcher, byte> _all = new();

    /// <summary>Whether anybody watches.</summary>
    public bool Any => !_all.IsEmpty;

    /// <summary>Adds one; its disposal removes it.</summary>
    public Watcher Add()
    {
        var watcher = new Watcher(this);
        _all[watcher] = 0;
        return watcher;
    }

    /// <summary>Tells all of them. Never waits.</summary>
    public void Tell()
    {
        foreach (var (watcher, _) in _all)
        {
            watcher.Tell();
        }
    }

    /// <summary>One of them. Told by anybody, waited for by one.</summary>
    internal sealed class Watcher(Watchers all) : IDisposable
    {
        // However often it is told: there is something to see, or not.
        private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

        /// <summary>Tells that there is something to see.</summary>
        public void Tell() => _bell.Writer.TryWrite(true);

        /// <summary>Waits until it has been told since the last time.</summary>
        /// <returns>False: the wait was given up.</returns>
        public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
        {
            try
            {
                return await _bell.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        /// <inheritdoc />
        public void Dispose() => all._all.TryRemove(this, out _);
    }
}
