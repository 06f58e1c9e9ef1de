using MediatR;
using Microsoft.EntityFrameworkCore;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Infrastructure.Persistence;

namespace NeuroLab.IntegrationTests.Coverage;

/// <summary>Renames an experiment, and invalidates what it is told to.</summary>
/// <param name="Owner">Whose experiment it is.</param>
/// <param name="Id">The experiment.</param>
/// <param name="Invalidations">What to invalidate.</param>
internal sealed record PlantedRename(Guid Owner, Guid Id, IReadOnlyList<Invalidation> Invalidations) : ICommand<Unit>, IInvalidatesCache;

internal sealed class PlantedRenameHandler(IExperimentRepository experiments, TimeProvider clock) : ICommandHandler<PlantedRename, Unit>
{
    public async Task<Unit> ExecuteAsync(PlantedRename command, CancellationToken cancellationToken)
    {
        (await experiments.FindAsync(command.Owner, command.Id, cancellationToken))!.Rename("Renamed by a test", clock.GetUtcNow().UtcDateTime);
        return Unit.Value;
    }
}

/// <summary>Renames an experiment and says that this is nobody's concern.</summary>
[InvalidatesNothing("It writes nothing that is cached.")]
internal sealed record PlantedSilence(Guid Owner, Guid Id) : ICommand<Unit>;

internal sealed class PlantedSilenceHandler(IExperimentRepository experiments, TimeProvider clock) : ICommandHandler<PlantedSilence, Unit>
{
    public async Task<Unit> ExecuteAsync(PlantedSilence command, CancellationToken cancellationToken)
    {
        (await experiments.FindAsync(command.Owner, command.Id, cancellationToken))!.Rename("Renamed by a test", clock.GetUtcNow().UtcDateTime);
        return Unit.Value;
    }
}

/// <summary>Does nothing.</summary>
[InvalidatesNothing("It writes nothing at all.")]
internal sealed record PlantedIdleness : ICommand<Unit>;

internal sealed class PlantedIdlenessHandler : ICommandHandler<PlantedIdleness, Unit>
{
    public Task<Unit> ExecuteAsync(PlantedIdleness command, CancellationToken cancellationToken) => Unit.Task;
}

/// <summary>Counts the experiments of everybody.</summary>
internal sealed record PlantedTotal(Guid UserId) : ICacheableQuery<int>
{
    public CacheKey Key => CacheKey.Owned("planted", UserId, "total");

    public CachePolicy Policy => CachePolicy.Default;

    public IReadOnlyList<string> Tags => ["planted-totals"];

    public CacheReadOptions ReadOptions { get; init; }
}

internal sealed class PlantedTotalHandler(Database database) : ICacheableQueryHandler<PlantedTotal, int>
{
    public async Task<LoadResult<int>> LoadAsync(PlantedTotal query, CancellationToken cancellationToken) =>
        await database.ReadAsync((context, token) => context.Experiments.CountAsync(token), cancellationToken);
}

/// <summary>Counts the experiments of everybody else.</summary>
internal sealed record PlantedOthers(Guid UserId) : ICacheableQuery<int>
{
    public CacheKey Key => CacheKey.Owned("planted", UserId, "others");

    public CachePolicy Policy => CachePolicy.Default;

    public CacheReadOptions ReadOptions { get; init; }
}

internal sealed class PlantedOthersHandler(Database database) : ICacheableQueryHandler<PlantedOthers, int>
{
    public async Task<LoadResult<int>> LoadAsync(PlantedOthers query, CancellationToken cancellationToken) =>
        await database.ReadAsync((context, token) => context.Experiments.CountAsync(experiment => experiment.UserId != query.UserId, token), cancellationToken);
}

/// <summary>Counts accounts, which no planted command writes.</summary>
internal sealed record PlantedAccounts(Guid UserId) : ICacheableQuery<int>
{
    public CacheKey Key => CacheKey.Owned("planted", UserId, "accounts");

    public CachePolicy Policy => CachePolicy.Default;

    public CacheReadOptions ReadOptions { get; init; }
}

internal sealed class PlantedAccountsHandler(Database database) : ICacheableQueryHandler<PlantedAccounts, int>
{
    public async Task<LoadResult<int>> LoadAsync(PlantedAccounts query, CancellationToken cancellationToken) =>
        await database.ReadAsync((context, token) => context.Users.CountAsync(token), cancellationToken);
}

/// <summary>Counts a user's experiments, under a tag that depends on what is asked for.</summary>
internal sealed record PlantedTagged(Guid UserId, string Kind) : ICacheableQuery<int>
{
    public CacheKey Key => CacheKey.Owned("planted", UserId, "tagged", Kind);

    public CachePolicy Policy => CachePolicy.Default;

    public IReadOnlyList<string> Tags => [$"planted-{Kind}"];

    public CacheReadOptions ReadOptions { get; init; }
}

internal sealed class PlantedTaggedHandler(Database database) : ICacheableQueryHandler<PlantedTagged, int>
{
    public async Task<LoadResult<int>> LoadAsync(PlantedTagged query, CancellationToken cancellationToken) =>
        await database.ReadAsync((context, token) => context.Experiments.CountAsync(experiment => experiment.UserId == query.UserId, token), cancellationToken);
}

/// <summary>Answers without a table that can be seen.</summary>
internal sealed record PlantedRiddle(Guid UserId) : ICacheableQuery<int>
{
    public CacheKey Key => CacheKey.Owned("planted", UserId, "riddle");

    public CachePolicy Policy => CachePolicy.Default;

    public CacheReadOptions ReadOptions { get; init; }
}

internal sealed class PlantedRiddleHandler : ICacheableQueryHandler<PlantedRiddle, int>
{
    public Task<LoadResult<int>> LoadAsync(PlantedRiddle query, CancellationToken cancellationToken) => Task.FromResult<LoadResult<int>>(42);
}

/// <summary>A sample that a test makes up.</summary>
/// <param name="create">Makes the request.</param>
/// <remarks>Of no request in particular, so that no product's request counts as having it.</remarks>
internal sealed class MadeUpSample(Func<SampleUser, IBaseRequest> create) : IRequestSample
{
    public IBaseRequest CreateRequest(SampleUser user) => create(user);
}
