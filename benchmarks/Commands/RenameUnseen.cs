using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Experiments;

namespace NeuroLab.Benchmarks.Commands;

/// <summary>What <see cref="RenameExperiment"/> does, without its invalidations: the product's own handler, behind the same pipeline.</summary>
[InvalidatesNothing("It is what the real command is compared with.")]
internal sealed record RenameUnseen(Guid UserId, Guid Id, string Name) : ICommand<ExperimentResponse>;

internal sealed class RenameUnseenHandler(IExperimentRepository experiments, TimeProvider clock) : ICommandHandler<RenameUnseen, ExperimentResponse>
{
    private readonly RenameExperimentHandler _handler = new(experiments, clock);

    public Task<ExperimentResponse> ExecuteAsync(RenameUnseen command, CancellationToken cancellationToken) =>
        _handler.ExecuteAsync(new RenameExperiment(command.UserId, command.Id, command.Name), cancellationToken);
}
