using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;
using NeuroLab.Domain.Accounts;
using NeuroLab.Domain.Experiments;
using NeuroLab.Infrastructure.Persistence.Model;

namespace NeuroLab.Infrastructure.Persistence;

/// <summary>Inserts much at once, past the commands: for sample data. Each call is one transaction, journal records included. Thread-safe.</summary>
internal sealed class BulkWriter(Database database, TimeProvider clock)
{
    private const int BatchSize = 500;
    private const string Command = "seed";

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    /// <summary>Inserts accounts.</summary>
    /// <exception cref="OriginUnavailableException">The database cannot be reached.</exception>
    public Task AddAsync(IReadOnlyList<User> users, CancellationToken cancellationToken) =>
        WriteAsync(users, static (context, user) => context.Add(user), users.Select(u => u.Id), cancellationToken);

    /// <summary>Inserts experiments and, where they have one, their results; what is cached of their owners is out of date with it.</summary>
    /// <exception cref="OriginUnavailableException">The database cannot be reached.</exception>
    public Task AddAsync(IReadOnlyList<(Experiment Experiment, ExperimentResult? Result)> experiments, CancellationToken cancellationToken) => WriteAsync(
        experiments,
        static (context, pair) => context.AddExperiment(pair.Experiment, pair.Result),
        experiments.Select(e => e.Experiment.UserId),
        cancellationToken);

    private Task<bool> WriteAsync<T>(IReadOnlyList<T> items, Action<NeuroLabDbContext, T> add, IEnumerable<Guid> owners, CancellationToken cancellationToken) => database.WriteAsync(
        async (context, token) =>
        {
            context.ChangeTracker.AutoDetectChangesEnabled = false;
            await using var transaction = await context.Database.BeginTransactionAsync(token);
            foreach (var batch in items.Chunk(BatchSize))
            {
                foreach (var item in batch)
                {
                    add(context, item);
                }

                await context.SaveChangesAsync(token);
                context.ChangeTracker.Clear();
            }

            var now = clock.UtcNow();
            foreach (var owner in owners.Distinct())
            {
                context.Add(Record("dashboard", owner, now));
                context.Add(Record("experiments", owner, now));
            }

            await context.SaveChangesAsync(token);
            await transaction.CommitAsync(token);
            return true;
        },
        Timeout,
        cancellationToken);

    private static JournalRow Record(string area, Guid owner, DateTime now) => new(Invalidation.OfPattern(CachePattern.Owned(area, owner)), Command, now);
}
