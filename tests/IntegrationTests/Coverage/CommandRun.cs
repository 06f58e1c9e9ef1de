using System.Data.Common;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;

namespace NeuroLab.IntegrationTests.Coverage;

/// <summary>What was seen of one query, of one owner, around the run of a command.</summary>
/// <param name="Query">The query.</param>
/// <param name="IsNeighbours">Whether it is asked by another user than the one who sent the command.</param>
/// <param name="Keys">Its keys.</param>
/// <param name="Reads">The tables that its handler read, and whose rows.</param>
/// <param name="Writes">The tables that its handler wrote: a query writes none.</param>
/// <param name="WasCached">Whether, before the command, it was answered from the cache, or is one that never is.</param>
/// <param name="IsCached">Whether it was after the command, as fresh.</param>
/// <param name="IsWrong">Whether the answer after the command was not the one that the origin gives.</param>
internal sealed record QueryRun(
    Type Query, bool IsNeighbours, QueryKeys Keys, IReadOnlyList<TableUse> Reads, IReadOnlyList<string> Writes, bool WasCached, bool IsCached, bool IsWrong);

/// <summary>What was seen of the run of a command, or of what else writes: what it wrote, and what became of every query.</summary>
/// <param name="Command">The command, or the class that writes.</param>
/// <param name="Sender">The account that sent it.</param>
/// <param name="Invalidations">What it wrote to the journal.</param>
/// <param name="Writes">The tables that it wrote, and whose rows.</param>
/// <param name="AlwaysInvalidated">Keys that it has to match whatever it writes.</param>
/// <param name="Queries">Every query, asked by the sender and by a neighbour.</param>
internal sealed record CommandRun(
    Type Command, Guid Sender, IReadOnlyList<Invalidation> Invalidations, IReadOnlyList<TableUse> Writes, IReadOnlyList<QueryKeys> AlwaysInvalidated, IReadOnlyList<QueryRun> Queries)
{
    /// <summary>Runs a command, of a new user who has a neighbour, between two rounds of all queries of both.</summary>
    /// <param name="world">Where.</param>
    /// <param name="sample">The command's sample.</param>
    /// <param name="queries">The queries' samples, each a new one.</param>
    public static async Task<CommandRun> OfAsync(CoverageWorld world, IRequestSample sample, IEnumerable<IRequestSample> queries)
    {
        var sender = await world.AddUserAsync();
        await sample.ArrangeAsync(sender);
        var command = sample.CreateRequest(sender);
        var run = await OfAsync(world, command.GetType(), sender, () => world.SendAsync(command), queries);
        return run with
        {
            AlwaysInvalidated = [.. sample.AlwaysInvalidated(sender).Select(key => new QueryKeys([new StoredKey(key, [])], run.WithoutSender(key.Value)))],
        };
    }

    /// <summary>Runs anything that writes.</summary>
    /// <param name="world">Where.</param>
    /// <param name="writer">The class that writes.</param>
    /// <param name="sender">Whose rows it writes; has a neighbour.</param>
    /// <param name="write">Writes.</param>
    /// <param name="queries">The queries' samples, each a new one.</param>
    public static async Task<CommandRun> OfAsync(CoverageWorld world, Type writer, SampleUser sender, Func<Task> write, IEnumerable<IRequestSample> queries)
    {
        var neighbour = await world.AddUserAsync();
        var asked = new List<(ICacheableQuery Query, SampleUser User)>();
        foreach (var query in queries)
        {
            foreach (var user in new[] { sender, neighbour })
            {
                await query.ArrangeAsync(user);
                asked.Add(((ICacheableQuery)query.CreateRequest(user), user));
            }
        }

        var before = await TableContents.ReadAsync(world.Database);
        var loads = new List<(IReadOnlyList<TableUse> Reads, IReadOnlyList<TableUse> Writes, bool WasCached)>();
        foreach (var (query, _) in asked)
        {
            // Past the cache: what another sample has left there says nothing of what the handler reads.
            var sent = await SentAsync(world, () => world.AskAsync(QueryKeys.PastTheCache(query)));
            loads.Add((UsesIn(sent, before, written: false), UsesIn(sent, before, written: true), (await world.AskAsync(query)).IsFreshHit || query.Policy.StoreIn == CacheTiers.None));
        }

        before = await TableContents.ReadAsync(world.Database);
        var statements = await SentAsync(world, write);
        var after = await TableContents.ReadAsync(world.Database);
        var changed = after.ChangedSince(before);

        // A question that two samples ask is asked once: the second answer would come from the first.
        var answers = new Dictionary<CacheKey, Answer>();
        foreach (var (query, _) in asked.DistinctBy(one => one.Query.Key))
        {
            answers[query.Key] = await world.AskAsync(query);
        }

        var runs = new List<QueryRun>();
        foreach (var ((query, user), load) in asked.Zip(loads))
        {
            var answer = answers[query.Key];
            var truth = await world.AskAsync(QueryKeys.PastTheCache(query));
            runs.Add(new QueryRun(
                query.GetType(), user != sender, QueryKeys.Of(query, user.Id), load.Reads, [.. load.Writes.Select(use => use.Table).Distinct()],
                load.WasCached, answer.IsFreshHit, answer.Json != truth.Json));
        }

        // A statement that changed no row this time may change one the next time.
        var attempted = UsesIn(statements, before, written: true).Where(use => !changed.Any(one => one.Table == use.Table));
        return new CommandRun(writer, sender.Id, after.JournalSince(before), [.. changed, .. attempted], [], runs);
    }

    /// <summary>A key or a pattern as it is whoever sends the command.</summary>
    public string WithoutSender(string text) => text.Replace(Sender.ToString("D"), "{user}", StringComparison.Ordinal);

    private static async Task<IReadOnlyList<(string Text, IReadOnlyList<DbParameter> Parameters)>> SentAsync(CoverageWorld world, Func<Task> work)
    {
        world.Database.Commands.Clear();
        await work();
        return world.Database.Commands.All;
    }

    private static IReadOnlyList<TableUse> UsesIn(IReadOnlyList<(string Text, IReadOnlyList<DbParameter> Parameters)> statements, TableContents contents, bool written) =>
    [
        .. (from statement in statements
            // What is read is somebody's only where it is asked for by equality: all but mine is everybody's.
            let owners = contents.OwnersIn(statement.Parameters.Where(parameter => written || SqlTables.TakesOnly(statement.Text, parameter.ParameterName)))
            from use in SqlTables.Of(statement.Text, contents.Tables)
            where use.IsWritten == written
            from owner in owners.Count == 0 ? [null] : owners.Select(owner => (Guid?)owner)
            select new TableUse(use.Table, owner)).Distinct(),
    ];
}
