using System.Reflection;
using MediatR;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Infrastructure.Caching.Journal;

namespace NeuroLab.IntegrationTests.Coverage;

/// <summary>One thing that a command leaves in the cache although it is out of date, or that keeps the check from seeing it.</summary>
/// <param name="Command">The command.</param>
/// <param name="Query">The query; null where it is about the command alone.</param>
/// <param name="Sentence">What is wrong, and what to do.</param>
internal sealed record Gap(Type Command, Type? Query, string Sentence)
{
    /// <summary>The keys that are not invalidated; empty where it is not about that.</summary>
    public IReadOnlyList<StoredKey> Keys { get; init; } = [];

    public override string ToString() => Sentence;
}

/// <summary>Compares what commands wrote with what queries read: where that is the same, of the same owner, the command has to invalidate the query.</summary>
internal static class CoverageCheck
{
    /// <summary>The gaps of a run.</summary>
    public static IEnumerable<Gap> GapsOf(CommandRun run) => GapsOf(run, run.Invalidations)
        .Concat(run.Writes.Count > 0 ? [] :
            [new Gap(run.Command, null, $"{run.Command.Name} wrote nothing: in {FileOf(run.Command, ".Sample")} give it input with which it succeeds and writes, or what it invalidates is not known.")])
        .Concat(run.Queries.SelectMany(query => BlindSpotsOf(run, query)));

    /// <summary>The gaps that a run would have if its command declared this.</summary>
    public static IEnumerable<Gap> GapsOf(CommandRun run, IReadOnlyList<Invalidation> invalidations)
    {
        foreach (var query in run.Queries)
        {
            var tables = run.Writes.Where(write => query.Reads.Any(read => IsSame(write, read))).Select(write => write.Table).Distinct().Order().ToList();
            if (tables.Count > 0 && !AreMatched(query.Keys))
            {
                yield return new Gap(run.Command, query.Query, SentenceOf(run, query, string.Join(" and ", tables), invalidations)) { Keys = query.Keys.All };
            }
        }

        foreach (var promised in run.AlwaysInvalidated.Where(promised => !AreMatched(promised)))
        {
            yield return new Gap(
                run.Command, null, $"{run.Command.Name} is to invalidate {promised.Shape}, as {FileOf(run.Command, ".Sample")} says, but its invalidation does not match it.") { Keys = promised.All };
        }

        bool AreMatched(QueryKeys keys) => keys.All.All(key => invalidations.Any(invalidation => Matches(invalidation, key)));
    }

    /// <summary>What commands invalidate though nothing is missed without it, whatever sample they are run with.</summary>
    public static IEnumerable<Gap> SuperfluousIn(IEnumerable<CommandRun> runs) =>
        from run in runs
        from one in run.Invalidations
        group (Run: run, One: one) by (run.Command, Invalidation: one with { Text = run.WithoutSender(one.Text) }) into same
        where same.All(seen => !GapsOf(seen.Run, [.. seen.Run.Invalidations.Where(other => other != seen.One)]).Any())
        let command = same.Key.Command
        select new Gap(
            command,
            null,
            $"{command.Name} invalidates {same.Key.Invalidation.Text}, and nothing that it writes is read under such a key: take it out, give {command.Name} one more sample with which it is needed, "
            + $"or say in AlwaysInvalidated of {FileOf(command, ".Sample")} what it is for.");

    /// <summary>The queries of a run that read what its command wrote.</summary>
    public static IEnumerable<QueryRun> AffectedIn(CommandRun run) => run.Queries.Where(query => query.Reads.Any(read => run.Writes.Any(write => IsSame(write, read))));

    /// <summary>Queries whose tables are written, and that no command was seen to put out of date: always of somebody else's rows. What no command writes is none's concern.</summary>
    public static IEnumerable<Gap> UntriedIn(IReadOnlyCollection<CommandRun> runs) =>
        from run in runs
        from query in run.Queries
        group (run.Command, Query: query) by query.Query into same
        where !runs.SelectMany(AffectedIn).Any(query => query.Query == same.Key)
        let tables = same.SelectMany(seen => seen.Query.Reads).Select(read => read.Table).Where(table => runs.Any(run => run.Writes.Any(write => write.Table == table))).Distinct().Order().ToList()
        where tables.Count > 0
        select new Gap(
            same.First().Command,
            same.Key,
            $"{same.Key.Name} reads {string.Join(" and ", tables)}, which commands write, but never rows of the user who sent one: let {FileOf(same.Key, ".Sample")} ask for what its {nameof(SampleUser)} has.");

    /// <summary>Whether an invalidation is one of what is stored there.</summary>
    public static bool Matches(Invalidation invalidation, StoredKey stored) => invalidation.Target == InvalidationTarget.Tag
        ? stored.Tags.Contains(invalidation.Text)
        : Glob.IsMatch(invalidation.Text, stored.Key.Value);

    /// <summary>What the tables did not show: a wrong answer, or a query of which nothing was seen.</summary>
    private static IEnumerable<Gap> BlindSpotsOf(CommandRun run, QueryRun query)
    {
        if (query.IsCached && query.IsWrong)
        {
            yield return new Gap(
                run.Command, query.Query, $"After {run.Command.Name}, {Named(query)} was answered from the cache, as fresh, with what the origin does not say any more ({query.Keys.Shape}).");
        }

        if (query.Reads.Count == 0)
        {
            yield return new Gap(
                run.Command, query.Query, $"{query.Query.Name} read no table that was seen, so nothing can be told of its invalidation: read through EF Core, or let {FileOf(query.Query, ".Sample")} ask for what is there.");
        }

        if (!query.WasCached)
        {
            yield return new Gap(
                run.Command, query.Query, $"{query.Query.Name}, asked twice, was not answered from the cache: let {FileOf(query.Query, ".Sample")} ask for what is there.");
        }

        if (query.Writes.Count > 0)
        {
            yield return new Gap(
                run.Command, query.Query, $"{query.Query.Name} writes {string.Join(" and ", query.Writes)}: a query is not run when it is answered from the cache. Let a command write it.");
        }
    }

    private static string SentenceOf(CommandRun run, QueryRun query, string tables, IReadOnlyList<Invalidation> invalidations)
    {
        var what = $"{run.Command.Name} writes {tables}, which {Named(query)} reads, ";
        var area = query.Keys.All[0].Key.Value.Split(':')[0];
        var instead = $"{Environment.NewLine}    instead: name it in the invalidations of {FileOf(run.Command)}, such as Invalidation.OfPattern(CachePattern.Owned(\"{area}\", UserId)){(query.IsNeighbours ? " of that user" : "")}.";
        if (invalidations.Count == 0 && run.Command.GetCustomAttribute<InvalidatesNothingAttribute>() is { } nothing)
        {
            return $"{what}but it says [InvalidatesNothing(\"{nothing.Reason}\")], which is not true: nothing matches {query.Keys.Shape}.{instead}";
        }

        return $"{what}but its invalidation does not match {query.Keys.Shape}.{instead}";
    }

    private static string Named(QueryRun query) => query.IsNeighbours ? $"{query.Query.Name} of another user" : query.Query.Name;

    private static string FileOf(Type request, string kind = "") =>
        $"src/{request.Namespace!.Replace("NeuroLab.", "", StringComparison.Ordinal).Replace('.', '/')}/{(typeof(IBaseRequest).IsAssignableFrom(request) ? $"{request.Name}/" : "")}{request.Name}{kind}.cs";

    private static bool IsSame(TableUse write, TableUse read) =>
        write.Table == read.Table && (write.Owner is null || read.Owner is null || write.Owner == read.Owner);
}
