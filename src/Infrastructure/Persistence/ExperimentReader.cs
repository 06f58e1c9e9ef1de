using Microsoft.EntityFrameworkCore;
using NeuroLab.Application.Abstractions.Persistence;

namespace NeuroLab.Infrastructure.Persistence;

/// <inheritdoc />
internal sealed class ExperimentReader(Database database) : IExperimentReader
{
    public Task<ExperimentPage> ListAsync(Guid userId, ExperimentFilter filter, CancellationToken cancellationToken) => database.ReadAsync(
        async (context, token) =>
        {
            await using var snapshot = await Snapshot.BeginAsync(context, token);
            var matching = context.Experiments.Where(e => e.UserId == userId);
            if (filter.Type is { } type)
            {
                matching = matching.Where(e => e.Type == type);
            }

            if (filter.Status is { } status)
            {
                matching = matching.Where(e => e.Status == status);
            }

            var total = await matching.CountAsync(token);
            if (total <= filter.Offset)
            {
                return new ExperimentPage([], total);
            }

            var page = await matching.OrderByDescending(e => e.CreatedAt).ThenByDescending(e => e.Id).Skip(filter.Offset).Take(filter.Limit).ToListAsync(token);
            return new ExperimentPage(page, total);
        },
        cancellationToken);

    public Task<ExperimentWithResult?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) => database.ReadAsync(
        async (context, token) =>
        {
            var found = await (
                from experiment in context.Experiments
                where experiment.Id == id && experiment.UserId == userId
                join result in context.Results on experiment.Id equals result.ExperimentId into results
                from result in results.DefaultIfEmpty()
                select new { experiment, result }).SingleOrDefaultAsync(token);
            return found is null ? null : new ExperimentWithResult(found.experiment, found.result);
        },
        cancellationToken);
}
