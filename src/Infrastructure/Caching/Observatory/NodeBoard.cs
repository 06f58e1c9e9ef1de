using Microsoft.Extensions.Hosting;
using NeuroLab.Application.CacheAdministration;
using NeuroLab.Application.Common;

namespace NeuroLab.Infrastructure.Caching.Observatory;

/// <summary>
/// How all nodes are, anew every second while anybody watches, made once for all who do. The registry is read then and at no other time; where it cannot be, the other nodes stay as they were last
/// seen. Thread-safe.
/// </summary>
internal sealed class NodeBoard(NodeIdentity node, NodeObserver observer, INodeRegistry registry, Watchers watchers, TimeProvider clock) : BackgroundService
{
    /// <summary>How often.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How long one look waits for the registry; what comes later is for the next.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private volatile IReadOnlyList<NodeStatus> _others = [];
    private volatile NodesEvent? _latest;
    private Task _reading = Task.CompletedTask;

    /// <summary>What was seen last; null where nobody watched.</summary>
    public NodesEvent? Latest => _latest;

    /// <summary>What is to be seen now: this node as it is, the others as they were last seen.</summary>
    public NodesEvent Look() => new(clock.UtcNow(), [observer.Look(), .. _others]);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            do
            {
                if (watchers.Any)
                {
                    await ReadOthersAsync(stoppingToken).ConfigureAwait(false);
                    _latest = Look();
                    watchers.Tell();
                }
                else
                {
                    // Nobody knows how they are by the time that somebody watches again.
                    (_latest, _others) = (null, []);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    private async Task ReadOthersAsync(CancellationToken stoppingToken)
    {
        if (!registry.IsShared)
        {
            return;
        }

        if (_reading.IsCompleted)
        {
            _reading = ReadAsync(stoppingToken);
        }

        await _reading.WaitAsync(Patience, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stoppingToken.ThrowIfCancellationRequested();

        async Task ReadAsync(CancellationToken cancellationToken)
        {
            // That the registry cannot be reached is said in the log by who enters this node there.
            var nodes = registry.ReadAsync(cancellationToken);
            await ((Task)nodes).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (nodes.IsCompletedSuccessfully)
            {
                _others = [.. (await nodes.ConfigureAwait(false)).Where(other => other.Id != node.Id)];
            }
        }
    }
}
