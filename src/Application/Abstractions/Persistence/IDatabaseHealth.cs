namespace NeuroLab.Application.Abstractions.Persistence;

/// <summary>Asks the database how it is. Thread-safe.</summary>
public interface IDatabaseHealth
{
    /// <summary>Runs a trivial statement, bounded in time, past the breaker. Never throws but for cancellation.</summary>
    Task<DatabaseStatus> CheckAsync(CancellationToken cancellationToken);
}

/// <summary>How the database is.</summary>
/// <param name="Available">Whether it answered.</param>
/// <param name="Provider"><c>sqlite</c> or <c>postgresql</c>.</param>
/// <param name="Circuit">The breaker: <c>closed</c>, <c>open</c> or <c>half_open</c>.</param>
/// <param name="ResponseTime">How long the answer took; null when there was none.</param>
public sealed record DatabaseStatus(bool Available, string Provider, string Circuit, TimeSpan? ResponseTime);
