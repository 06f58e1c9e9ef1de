using System.Text.Json;
using NeuroLab.Application.Abstractions.Experiments;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Abstractions.Randomness;
using NeuroLab.Application.Experiments;

namespace NeuroLab.Benchmarks.Commands;

/// <summary>What <see cref="CreateExperiment"/> does, without its invalidations: the product's own handler, behind the same pipeline.</summary>
[InvalidatesNothing("It is what the real command is compared with.")]
internal sealed record CreateUnseen(Guid UserId, string Name, string ExperimentType, IReadOnlyDictionary<string, JsonElement>? Parameters) : ICommand<ExperimentDetailsResponse>;

internal sealed class CreateUnseenHandler(IExperimentRepository experiments, IRandomSourceFactory randomSources, IExperimentDiagnostics diagnostics, TimeProvider clock)
    : ICommandHandler<CreateUnseen, ExperimentDetailsResponse>
{
    private readonly CreateExperimentHandler _handler = new(experiments, randomSources, diagnostics, clock);

    public Task<ExperimentDetailsResponse> ExecuteAsync(CreateUnseen command, CancellationToken cancellationToken) =>
        _handler.ExecuteAsync(new CreateExperiment(command.UserId, command.Name, command.ExperimentType, command.Parameters), cancellationToken);
}
