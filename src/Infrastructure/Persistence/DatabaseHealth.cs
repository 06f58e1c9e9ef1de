using NeuroLab.Application.Abstractions.Persistence;

namespace NeuroLab.Infrastructure.Persistence;

/// <inheritdoc />
/// <remarks>Asks once for all who ask at the same time: each question takes a connection beside the pool, and anybody may ask as often as they like.</remarks>
internal sealed class DatabaseHealth(Database database, TimeProvider clock) : IDatabaseHealth
{
    private readonly Lock _gate = new();
    private Task<DatabaseStatus>? _asking;

    public Task<DatabaseStatus> CheckAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_asking is null || _asking.IsCompleted)
            {
                // Not on this thread: whoever asks holds the lock.
                _asking = Task.Run(AskAsync, CancellationToken.None);
            }

            return _asking.WaitAsync(cancellationToken);
        }
    }

    private async Task<DatabaseStatus> AskAsync()
    {
        var started = clock.GetTimestamp();
        try
        {
            // Not the caller's to cancel, for others may wait; it is bounded in time.
            await database.PingAsync(CancellationToken.None);
            return new DatabaseStatus(database.Ready.IsCompleted, database.Target.Provider, database.Circuit, clock.GetElapsedTime(started));
        }
#pragma warning disable CA1031 // Whatever it is, it is the answer to the question.
        catch (Exception)
#pragma warning restore CA1031
        {
            return new DatabaseStatus(false, database.Target.Provider, database.Circuit, null);
        }
    }
}
