using NeuroLab.Domain.Experiments;

namespace NeuroLab.Application.Experiments;

/// <summary>An experiment with what it measured.</summary>
/// <param name="Experiment">The experiment.</param>
/// <param name="Results">Its results; null where it has none.</param>
public sealed record ExperimentDetailsResponse(ExperimentResponse Experiment, ResultsResponse? Results)
{
    internal static ExperimentDetailsResponse From(Experiment experiment, ExperimentResult? result) =>
        new(ExperimentResponse.From(experiment), result is null ? null : ResultsResponse.From(result));
}
