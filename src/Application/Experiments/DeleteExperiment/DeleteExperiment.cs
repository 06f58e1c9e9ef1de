using MediatR;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;

namespace NeuroLab.Application.Experiments;

/// <summary>Deletes an experiment with its results.</summary>
/// <param name="UserId">Its owner.</param>
/// <param name="Id">The experiment.</param>
/// <remarks>Throws <see cref="NotFoundException"/> when there is none, or it is another's.</remarks>
public sealed record DeleteExperiment(Guid UserId, Guid Id) : ICommand<Unit>, IInvalidatesCache
{
    /// <inheritdoc />
    public IReadOnlyList<Invalidation> Invalidations => ExperimentInvalidations.Of(UserId);
}

internal sealed class DeleteExperimentHandler(IExperimentRepository experiments) : ICommandHandler<DeleteExperiment, Unit>
{
    public async Task<Unit> ExecuteAsync(DeleteExperiment command, CancellationToken cancellationToken)
    {
        var experiment = await experiments.FindAsync(command.UserId, command.Id, cancellationToken).ConfigureAwait(false)
            ?? throw new NotFoundException("There is no such experiment.");
        experiments.Remove(experiment);
        return Unit.Value;
    }
}
