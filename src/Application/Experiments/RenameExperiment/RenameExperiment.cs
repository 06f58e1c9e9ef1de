using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;

namespace NeuroLab.Application.Experiments;

/// <summary>Gives an experiment another name.</summary>
/// <param name="UserId">Its owner.</param>
/// <param name="Id">The experiment.</param>
/// <param name="Name">Its new name: 1 to 200 characters after trimming.</param>
/// <remarks>Throws <see cref="NotFoundException"/> when there is none, or it is another's.</remarks>
public sealed record RenameExperiment(Guid UserId, Guid Id, string Name) : ICommand<ExperimentResponse>, IInvalidatesCache
{
    /// <inheritdoc />
    public IReadOnlyList<Invalidation> Invalidations => ExperimentInvalidations.Of(UserId);
}

internal sealed class RenameExperimentHandler(IExperimentRepository experiments, TimeProvider clock)
    : ICommandHandler<RenameExperiment, ExperimentResponse>
{
    public async Task<ExperimentResponse> ExecuteAsync(RenameExperiment command, CancellationToken cancellationToken)
    {
        var experiment = await experiments.FindAsync(command.UserId, command.Id, cancellationToken).ConfigureAwait(false)
            ?? throw new NotFoundException("There is no such experiment.");
        experiment.Rename(command.Name, clock.UtcNow());
        return ExperimentResponse.From(experiment);
    }
}
