namespace NeuroLab.Infrastructure.Resilience;

/// <summary>A circuit breaker whose state is shown to operators.</summary>
/// <param name="Store">What it protects: <c>database</c> or <c>redis</c>.</param>
/// <param name="State">Its state, as <see cref="ProbedCircuitBreaker.State"/> says it; null where there is no such store.</param>
/// <param name="Watch">Has somebody told of each new state, as <see cref="ProbedCircuitBreaker.Changed"/> tells; null where nobody can be.</param>
internal sealed record ObservedCircuit(string Store, Func<string?> State, Action<Action<string>>? Watch = null);
