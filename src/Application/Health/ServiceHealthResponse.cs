namespace NeuroLab.Application.Health;

/// <summary>How the service, or a part of it, is. Holds no secrets and no host names.</summary>
/// <param name="Service">What was asked.</param>
/// <param name="Status">healthy, degraded (it answers, with less than it should) or unhealthy (it cannot answer).</param>
/// <param name="Timestamp">When, UTC.</param>
/// <param name="Checks">Name to outcome of each check.</param>
public sealed record ServiceHealthResponse(string Service, string Status, DateTime Timestamp, IReadOnlyDictionary<string, HealthCheckResponse> Checks);

/// <summary>The outcome of one check.</summary>
/// <param name="Status">healthy, degraded or unhealthy; of the shared tier healthy, unavailable, error or disabled.</param>
/// <param name="ResponseTimeMs">How long the answer took, in milliseconds; null when there was none, or nobody had to be asked.</param>
/// <param name="Detail">What else is worth knowing; null where there is nothing.</param>
public sealed record HealthCheckResponse(string Status, double? ResponseTimeMs, string? Detail);
