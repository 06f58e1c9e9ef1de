using NeuroLab.Application.Abstractions.Persistence;

namespace NeuroLab.Infrastructure.Persistence;

/// <inheritdoc />
internal sealed class DatabaseHealth(Database database, TimeProvider clock) : IDatabaseHealth
{
    public async Task<DatabaseStatus> CheckAsync(CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        try
        {
            await database.PingAsync(cancellationToken);
            return new DatabaseStatus(database.Ready.IsCompleted, database.Target.Provider, database.Circuit, clock.GetElapsedTime(started));
        }
#pragma warning disable CA1031 // Whatever it is, it is the answer to the question.
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return new DatabaseStatus(false, database.Target.Provider, database.Circuit, null);
        }
    }
}
