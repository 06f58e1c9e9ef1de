using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Caching.Diagnostics;
using NeuroLab.Infrastructure.Caching.Engine;
using NeuroLab.Infrastructure.Caching.Journal;

namespace NeuroLab.IntegrationTests.History;

/// <summary>What a node does when it is told to: calls the product by each of its doors, and stamps when it did. Thread-safe.</summary>
internal sealed class Operations(
    ICache cache,
    HybridCache hybrid,
    ICommitObserver commits,
    IServiceScopeFactory scopes,
    JournalFollower follower,
    CacheClock cacheClock,
    CacheCounters counters,
    RegisterReader registers,
    NodeClock clock,
    Plants plants)
{
    /// <summary>Half of the registers live shortly, so that they expire, are refreshed behind an answer and are served stale; half for long.</summary>
    private static readonly CachePolicy[] Policies =
    [
        new() { TimeToLive = TimeSpan.FromMilliseconds(400), StaleWindow = TimeSpan.FromSeconds(3) },
        new() { TimeToLive = TimeSpan.FromSeconds(30) },
    ];

    public async Task<Result> RunAsync(Op op)
    {
        // In this order: what is verified is so for a time that reaches back from after the beginning.
        var began = Stopwatch.GetTimestamp();
        var verified = cacheClock.Now < follower.TrustedUntil;
        Result result;
        try
        {
            result = await CallAsync(op, await plants.PrepareAsync(op, registers));
        }
#pragma warning disable CA1031 // Whatever it is belongs into the history.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            result = new Result { Outcome = Outcome.Failed, Text = exception is OriginUnavailableException origin ? origin.Reason.ToString() : exception.ToString() };
        }

        return result with { Began = began, Ended = Stopwatch.GetTimestamp(), Verified = verified };
    }

    private async Task<Result> CallAsync(Op op, LoadPlan plan)
    {
        var key = Register.Key(op.Register);
        var policy = Policies[op.Register % 2];
        IReadOnlyList<string> tags = [Register.Tag(op.Register)];
        switch (op.Kind)
        {
            case OpKind.Read or OpKind.Forced:
                return Answer(op, await cache.GetOrLoadAsync(
                    key, plan, LoadPlan.LoadAsync, policy, tags, new CacheReadOptions(op.Kind == OpKind.Forced, plants.Token(op)), CancellationToken.None));
            case OpKind.Lookup:
                return await LookUpAsync(op, key, plan, policy, tags);
            case OpKind.Hybrid:
                var value = await hybrid.GetOrCreateAsync(
                    Register.HybridName(op.Register), plan, static async (plan, token) => (await LoadPlan.LoadAsync(plan, null, token)).Value, tags: tags);
                return new Result { Version = VersionOf(op, value), Source = AnswerSource.Unmarked };
            case OpKind.StaleCopy:
                return await cache.GetStaleAsync<RegisterValue>(key, CancellationToken.None) is { } copy ? Answer(op, copy) : new Result { Outcome = Outcome.Missed };
            case OpKind.Write:
                return new Result { Number = await CommandAsync(op) };
            case OpKind.Invalidate:
                return new Result { Number = (await cache.InvalidateAsync([Register.Invalidation(op.Register, op.Scope, op.Purge)], Holds(op), CancellationToken.None)).Position };
            case OpKind.Expire:
                return new Result { Number = (await cache.ExpireAsync(key, CancellationToken.None)).Position };
            case OpKind.Remove:
                return new Result { Number = (await cache.RemoveAsync(key, CancellationToken.None)).Position };
            case OpKind.SetClock:
                clock.Step = TimeSpan.FromSeconds(op.Number);
                return new Result();
            case OpKind.Plant:
                plants.Current = (PlantedBug)op.Number;
                return new Result();
            case OpKind.Count:
                return new Result { Number = counters.Coalesced.Value, Text = string.Create(CultureInfo.InvariantCulture,
                    $"loads {counters.Loads.Value}, failed loads {counters.LoadFailures.Value}, joined {counters.Coalesced.Value}, records learnt {follower.RecordsLearnt}") };
            default:
                return await HerdAsync(op, key, tags);
        }
    }

    private static Result Answer(Op op, Cached<RegisterValue> cached) => new()
    {
        Version = VersionOf(op, cached.Value),
        Source = cached.Freshness.Source switch
        {
            CacheSource.Memory => AnswerSource.Memory,
            CacheSource.Redis => AnswerSource.Redis,
            CacheSource.Origin => AnswerSource.Origin,
            _ => AnswerSource.Stale,
        },
        Reason = cached.Freshness.StaleReason is { } reason ? (byte)(reason + 1) : (byte)0,
        Invalidated = cached.Freshness.Invalidated,
    };

    private static long VersionOf(Op op, RegisterValue value) => value.Register == op.Register
        ? value.Version
        : throw new InvalidOperationException($"Asked for register {op.Register}, answered with {value.Register}.");

    private static string Holds(Op op) => string.Create(CultureInfo.InvariantCulture, $"{HistoryDatabase.HoldPrefix}{op.Before}:{op.Late}");

    private async Task<Result> LookUpAsync(Op op, CacheKey key, LoadPlan plan, CachePolicy policy, IReadOnlyList<string> tags)
    {
        var found = await cache.GetAsync<RegisterValue>(key, CancellationToken.None);
        if (found.Found is { } hit)
        {
            return Answer(op, hit);
        }

        var loaded = await LoadPlan.LoadAsync(plan, null, CancellationToken.None);
        await cache.SetAsync(key, loaded.Value, policy, tags, found.Lease, CancellationToken.None);
        return new Result { Outcome = Outcome.Missed };
    }

    /// <summary>As the product's commands: one commit with the records in it, then the node is taken past it.</summary>
    private async Task<long> CommandAsync(Op op)
    {
        Invalidation[] invalidations = [Register.Invalidation(op.Register, op.Scope, op.Purge)];
        await using var scope = scopes.CreateAsyncScope();
        var position = (await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(invalidations, Holds(op), CancellationToken.None))!.Value;
        await (plants.Current == PlantedBug.OwnWriteUnread ? Task.CompletedTask : commits.CommittedAsync(position, invalidations, ""));
        return position;
    }

    /// <summary>All at once; says how many were answered alike, and how long the one who waited longest did, in milliseconds.</summary>
    private async Task<Result> HerdAsync(Op op, CacheKey key, IReadOnlyList<string> tags)
    {
        var started = Stopwatch.GetTimestamp();
        var plan = new LoadPlan(op, registers, null);
        var answers = await Task.WhenAll(Enumerable.Range(0, (int)op.Number).Select(_ => Task.Run(async () =>
        {
            var answer = await cache.GetOrLoadAsync(
                key,
                plan,
                static async (plan, services, token) =>
                {
                    await plan.Registers.NoteLoadAsync(plan.Op.Register, token);
                    return await LoadPlan.LoadAsync(plan, services, token);
                },
                Policies[1],
                tags,
                default,
                CancellationToken.None);
            return (answer.Value.Version, Waited: Stopwatch.GetElapsedTime(started));
        })));
        return new Result { Version = answers.Select(answer => answer.Version).Distinct().Single(), Number = (long)answers.Max(answer => answer.Waited.TotalMilliseconds) };
    }
}

/// <summary>How a load goes.</summary>
/// <param name="Op">The operation that may cause it.</param>
/// <param name="Registers">The origin.</param>
/// <param name="ReadBefore">A version read too early; only where that bug is planted.</param>
internal sealed record LoadPlan(Op Op, RegisterReader Registers, long? ReadBefore)
{
    public static async Task<LoadResult<RegisterValue>> LoadAsync(LoadPlan plan, IServiceProvider? scope, CancellationToken cancellationToken)
    {
        await WaitAsync(plan.Op.Before, cancellationToken);
        if (plan.Op.Fault == LoadFault.Unavailable)
        {
            throw new OriginUnavailableException(StaleReason.OriginError);
        }

        var version = plan.ReadBefore ?? await plan.Registers.ReadAsync(plan.Op.Register, cancellationToken);
        await WaitAsync(plan.Op.Late, cancellationToken);
        var value = new RegisterValue(plan.Op.Register, version);
        return plan.Op.Fault switch
        {
            LoadFault.Timeout => throw new TimeoutException(),
            LoadFault.Partial => new LoadResult<RegisterValue>(value, ["section"]),
            _ => value,
        };
    }

    private static Task WaitAsync(int milliseconds, CancellationToken cancellationToken) =>
        milliseconds == 0 ? Task.CompletedTask : Task.Delay(milliseconds, cancellationToken);
}
