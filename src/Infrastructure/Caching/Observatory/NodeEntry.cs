using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NeuroLab.Application.CacheAdministration;

namespace NeuroLab.Infrastructure.Caching.Observatory;

/// <summary>Keeps this node entered in the registry, where there can be others, and takes it out when it stops.</summary>
internal sealed partial class NodeEntry(
    NodeIdentity node, NodeObserver observer, INodeRegistry registry, TimeProvider clock, IOptions<CacheOptions> options, ILogger<NodeEntry> logger) : BackgroundService
{
    /// <summary>How long the end waits for an answer of the registry.</summary>
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromMilliseconds(500);

    private Task _entering = Task.CompletedTask;
    private bool _isFailing;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!registry.IsShared)
        {
            return;
        }

        using var timer = new PeriodicTimer(options.Value.NodeHeartbeat, clock);
        try
        {
            do
            {
                await TryEnterAsync(stoppingToken).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }

        // An entry that is on its way would come after the leaving.
        await WaitAsync(_entering).ConfigureAwait(false);
        if (_entering.IsCompletedSuccessfully)
        {
            // Else the registry was not there a moment ago: the entry is dropped when its time is over.
            await WaitAsync(registry.LeaveAsync(node.Id, CancellationToken.None)).ConfigureAwait(false);
        }
    }

    private async Task TryEnterAsync(CancellationToken stoppingToken)
    {
        try
        {
            _entering = registry.EnterAsync(observer.Look(), CancellationToken.None);
            await _entering.WaitAsync(stoppingToken).ConfigureAwait(false);
            _isFailing = false;
        }
#pragma warning disable CA1031 // Nothing depends on it, and the next round tries again.
        catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (!_isFailing)
            {
                // Once an outage.
                _isFailing = true;
                LogNotEntered(exception.GetType().Name);
            }
        }
    }

    /// <summary>Waits for the registry, for a little while: one that hangs does not hold up the end.</summary>
    private async Task WaitAsync(Task call) => await call.WaitAsync(LeaveLimit, clock, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    [LoggerMessage(EventId = 3501, Level = LogLevel.Information, Message = "This node could not be entered among the nodes ({Failure}); it is tried again.")]
    private partial void LogNotEntered(string failure);
}
