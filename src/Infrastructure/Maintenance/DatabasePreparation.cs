using NeuroLab.Infrastructure.Persistence;

namespace NeuroLab.Infrastructure.Maintenance;

/// <summary>Makes or upgrades the schema for a verb of the executable, which does not start the service. Thread-safe.</summary>
public sealed class DatabasePreparation
{
    private readonly DatabaseInitializer _initializer;

    internal DatabasePreparation(DatabaseInitializer initializer) => _initializer = initializer;

    /// <summary>Makes the schema, where it is not there or not of this version.</summary>
    /// <exception cref="Application.Common.OriginUnavailableException">The database cannot be reached.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _initializer.InitializeAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is System.Data.Common.DbException or TimeoutException)
        {
            throw new Application.Common.OriginUnavailableException(Application.Abstractions.Caching.StaleReason.OriginError, inner: exception);
        }
    }
}
