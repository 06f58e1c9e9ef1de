namespace NeuroLab.Application.Experiments;

/// <summary>One page of experiments.</summary>
/// <param name="Experiments">Newest first.</param>
/// <param name="Total">How many match on all pages.</param>
/// <param name="Limit">The page size asked for.</param>
/// <param name="Offset">How many were passed over.</param>
public sealed record ExperimentListResponse(IReadOnlyList<ExperimentResponse> Experiments, int Total, int Limit, int Offset);
