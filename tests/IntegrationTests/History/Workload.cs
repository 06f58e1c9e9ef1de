namespace NeuroLab.IntegrationTests.History;

/// <summary>
/// Clients that make nodes read and write at random until a number of operations is done: many reads at once of everything, a write and what reads its node thereafter, its token
/// presented to another node, and many callers of one register.
/// </summary>
internal sealed class Workload(Fleet fleet, History history, int seed)
{
    private const int ClientsPerNode = 16;

    private int _left;

    /// <summary>Runs it, beside an observer of the commits; ends when enough is done or the condition says so.</summary>
    public async Task RunAsync(int operations, Func<bool>? enough = null)
    {
        _left = operations;
        using var observing = new CancellationTokenSource();
        var observer = fleet.Database.ObserveAsync(history.AddSeen, observing.Token);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, ClientsPerNode * fleet.Nodes.Count).Select(client => ClientAsync(client, enough)));
        }
        finally
        {
            await observing.CancelAsync();
            await observer;
        }

        foreach (var (token, register, version, purge) in await fleet.Database.EffectsAsync())
        {
            history.AddEffect(token, new Effect(register, version, purge));
        }
    }

    /// <summary>Waits until every node, left in peace, answers every register fresh and as it is now.</summary>
    public async Task SettleAsync()
    {
        var now = history.Effects.Values.SelectMany(effects => effects).GroupBy(effect => effect.Register).ToDictionary(g => g.Key, g => g.Max(effect => effect.Version));
        Op[] all = [.. Enumerable.Range(0, Register.Count).Select(register => new Op(OpKind.Read, register))];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (var node = 0; node < fleet.Nodes.Count; node++)
        {
            Result[] results;
            do
            {
                patience.Token.ThrowIfCancellationRequested();
                results = await DoAsync(node, inOrder: false, all);
            }
            while (!results.Index().All(r => r.Item is { Outcome: Outcome.Done, Source: not AnswerSource.Stale } && r.Item.Version == now.GetValueOrDefault(r.Index)));
        }
    }

    private async Task ClientAsync(int client, Func<bool>? enough)
    {
        await Task.Yield();
        var random = new Random(unchecked((seed * 1_000_003) + client));
        var node = client % fleet.Nodes.Count;
        while (Volatile.Read(ref _left) > 0 && enough?.Invoke() != true)
        {
            switch (client / fleet.Nodes.Count % 4 > 0 ? 0 : random.Next(1, 8))
            {
                case 0:
                    await WriteAndReadAsync(node, random);
                    break;
                case 1:
                    var register = Hot(random);
                    await DoAsync(node, inOrder: false, Many(40, () => Read(random, register)));
                    break;
                default:
                    await DoAsync(node, inOrder: false, Many(64, () => Read(random, random.Next(3) == 0 ? Hot(random) : random.Next(Register.Count))));
                    break;
            }
        }
    }

    private async Task WriteAndReadAsync(int node, Random random)
    {
        var write = Write(random);
        var reads = Many(4, () => Read(random, Register.Sibling(write.Register, write.Scope, random)));
        var results = await DoAsync(node, inOrder: true, [write, .. reads]);
        if (results[0].Outcome == Outcome.Done && random.Next(3) > 0)
        {
            var other = random.Next(fleet.Nodes.Count);
            await DoAsync(other, inOrder: false, Many(6, () => Read(random, Register.Sibling(write.Register, write.Scope, random)) with
            {
                Kind = OpKind.Read, After = results[0].Number,
            }));
        }
    }

    private async Task<Result[]> DoAsync(int node, bool inOrder, Op[] operations)
    {
        Interlocked.Add(ref _left, -operations.Length);
        var results = await fleet.Nodes[node].RunAsync(operations, inOrder);
        history.Add(node, operations, results);
        return results;
    }

    private static Op[] Many(int count, Func<Op> make) => [.. Enumerable.Range(0, count).Select(_ => make())];

    private static int Hot(Random random) => random.Next(8) * 11;

    private static Op Write(Random random)
    {
        var op = new Op((OpKind)((int)OpKind.Write + (random.Next(10) is var kind && kind < 6 ? 0 : kind - 6)), random.Next(3) == 0 ? Hot(random) : random.Next(Register.Count))
        {
            Before = random.Next(15),
            Late = random.Next(8),
            Scope = random.Next(20) switch { < 10 => Scope.Key, < 13 => Scope.Group, < 16 => Scope.Column, < 19 => Scope.Tag, _ => Scope.All },
        };
        return op.Kind switch
        {
            OpKind.Expire => op with { Scope = Scope.Key },
            OpKind.Remove => op with { Scope = Scope.Key, Purge = true },
            _ => op with { Purge = op.Scope != Scope.Tag && random.Next(4) == 0 },
        };
    }

    private static Op Read(Random random, int register) => new(
        random.Next(20) switch { < 13 => OpKind.Read, < 14 => OpKind.Forced, < 16 => OpKind.Lookup, < 18 => OpKind.Hybrid, _ => OpKind.StaleCopy }, register)
    {
        Before = random.Next(10) == 0 ? random.Next(20) : 0,
        Late = random.Next(10) switch { 0 => random.Next(20), 1 when random.Next(100) == 0 => 150 + random.Next(100), _ => 0 },
        Fault = random.Next(40) switch { 0 => LoadFault.Unavailable, 1 => LoadFault.Timeout, 2 => LoadFault.Partial, _ => LoadFault.None },
    };
}
