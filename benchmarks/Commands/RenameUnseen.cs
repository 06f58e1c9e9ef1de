using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;
using NeuroLab.Application.Experiments;

namespace NeuroLab.Benchmarks.Commands;

/// <summary>What <see cref="RenameExperiment"/> does, without its invalidations: through the same pipeline, with the same reads and the same change.</summary>
[InvalidatesNothing("It is what the real command is compared with.")]
internal sealed record RenameUnseen(Guid UserId, Guid Id, string Name) : ICommand<ExperimentResponse>;

internal sealed class RenameUnseenHandler(IExperimentRepository experiments, TimeProvider clock) : ICommandHandler<RenameUnseen, ExperimentResponse>
{
    public async Task<ExperimentResponse> ExecuteAsync(RenameUnseen command, CancellationToken cancellationToken)
    {
        var experiment = await experiments.FindAsync(command.UserId, command.Id, cancellationToken) ?? throw new NotFoundException("There is no such experiment.");
        experiment.Rename(command.Name, clock.UtcNow());
        return ExperimentResponse.From(experiment);
    }
}
