using System.Text.Json;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Experiments;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Abstractions.Randomness;
using NeuroLab.Application.Common;
using NeuroLab.Domain.Common;
using NeuroLab.Domain.Experiments;

namespace NeuroLab.Application.Experiments;

/// <summary>Runs a mock experiment and stores it with its results; one that cannot be measured is stored as failed, without results.</summary>
/// <param name="UserId">Its owner.</param>
/// <param name="Name">Its name: 1 to 200 characters after trimming.</param>
/// <param name="ExperimentType">Its type, by its snake_case name.</param>
/// <param name="Parameters">Its parameters; what is left out takes its default, what is unknown is refused. Null: every default.</param>
public sealed record CreateExperiment(Guid UserId, string Name, string ExperimentType, IReadOnlyDictionary<string, JsonElement>? Parameters)
    : ICommand<ExperimentDetailsResponse>, IInvalidatesCache
{
    /// <inheritdoc />
    public IReadOnlyList<Invalidation> Invalidations => ExperimentInvalidations.Of(UserId);
}

internal sealed class CreateExperimentHandler(
    IExperimentRepository experiments, IRandomSourceFactory randomSources, IExperimentDiagnostics diagnostics, TimeProvider clock)
    : ICommandHandler<CreateExperiment, ExperimentDetailsResponse>
{
    public Task<ExperimentDetailsResponse> ExecuteAsync(CreateExperiment command, CancellationToken cancellationToken)
    {
        var parameters = ExperimentParameterRules.Create(ExperimentNames.ParseType(command.ExperimentType), RawParameters.From(command.Parameters)).Parameters
            ?? throw new DomainRuleException("parameters", "Must keep the bounds of the experiment's type.");
        var now = clock.UtcNow();
        var experiment = Experiment.Start(Guid.CreateVersion7(now), command.UserId, command.Name, parameters, now);
        var result = Run(experiment, now);
        if (result is null)
        {
            experiment.Fail(now);
        }
        else
        {
            experiment.Complete(now);
        }

        experiments.Add(experiment, result);
        return Task.FromResult(ExperimentDetailsResponse.From(experiment, result));
    }

    private ExperimentResult? Run(Experiment experiment, DateTime now)
    {
        try
        {
            return ExperimentRunner.Run(experiment, Guid.CreateVersion7(now), randomSources.Create(), now);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A run that fails is an outcome of the experiment, which its owner sees as its status; the operator is told why.
            diagnostics.RunFailed(experiment.Type, exception);
            return null;
        }
    }
}
