namespace NeuroLab.IntegrationTests.FaultBench;

/// <summary>The scenarios that are run by name, and the ones that are drawn.</summary>
internal static class FaultPlans
{
    private const double Warm = 3;

    /// <summary>Every scenario with a name.</summary>
    public static IReadOnlyList<FaultPlan> Named { get; } =
    [
        One("Redis killed", FaultKind.Kill, Part.Redis, 5),
        One("Redis frozen", FaultKind.Freeze, Part.Redis, 10),
        One("Redis restarted", FaultKind.Restart, Part.Redis, 1),
        One("PostgreSQL killed", FaultKind.Kill, Part.Postgres, 5),
        One("PostgreSQL frozen", FaultKind.Freeze, Part.Postgres, 10),
        One("PostgreSQL restarted", FaultKind.Restart, Part.Postgres, 1),
        One("Node killed", FaultKind.Kill, Part.Node, 5, 1),
        One("Node frozen", FaultKind.Freeze, Part.Node, 10, 1),
        One("Node restarted", FaultKind.Restart, Part.Node, 1, 1),
        One("Redis emptied", FaultKind.Empty, Part.Redis, 0),
        One("Redis out of memory", FaultKind.Full, Part.Redis, 8),
        One("Redis slow", FaultKind.Slow, Part.RedisLink, 10),
        One("Subscriptions cut", FaultKind.CutSubscriptions, Part.RedisLink, 0),
        One("Subscriptions half-open", FaultKind.HalfOpenSubscriptions, Part.RedisLink, 10),
        One("Redis link half-open", FaultKind.HalfOpen, Part.RedisLink, 8, 1),
        One("Redis link throttled", FaultKind.Throttle, Part.RedisLink, 8, 1),
        One("Redis link corrupt", FaultKind.Corrupt, Part.RedisLink, 8),
        One("Split from Redis", FaultKind.Split, Part.RedisLink, 10, 1),
        One("Split from PostgreSQL", FaultKind.Split, Part.PostgresLink, 10, 1),
        One("PostgreSQL link cut", FaultKind.Cut, Part.PostgresLink, 5, 1),
        One("PostgreSQL slow", FaultKind.Slow, Part.PostgresLink, 8),
        One("Redis failover to a lagging replica", FaultKind.FailOver, Part.Redis, 4),
        One("Redis from an old snapshot", FaultKind.RollBack, Part.Redis, 6),
        One("Write transaction left open", FaultKind.OpenTransaction, Part.Postgres, 30),
        One("Cluster master killed", FaultKind.Kill, Part.Redis, 8, 0) with { Fleet = new FleetPlan(Redis: RedisKind.Cluster) },
        new FaultPlan("Both stores killed", [new(FaultKind.Kill, Part.Postgres, Warm, 6), new(FaultKind.Kill, Part.Redis, Warm, 4)]),
    ];

    /// <summary>A plan of some 20 s with two to five faults, drawn from a seed: on each part one after the other, on different parts also at once.</summary>
    public static FaultPlan Random(int seed)
    {
        const double Length = 20;
        var random = new Random(seed);
        var free = new Dictionary<(Part, int), double>();
        var faults = new List<Fault>();
        for (var left = random.Next(2, 6); left > 0; left--)
        {
            var (kind, part, longest) = Kinds[random.Next(Kinds.Length)];
            var node = part switch
            {
                Part.Node => random.Next(3),
                Part.RedisLink or Part.PostgresLink => random.Next(-1, 3),
                _ => -1,
            };

            // A server's own faults exclude each other; so do those of the links to it, whichever node's.
            var line = (part, part == Part.Node ? node : 0);
            var at = free.GetValueOrDefault(line, Warm) + (random.NextDouble() * 5);
            var length = longest == 0 ? 0 : 0.5 + (random.NextDouble() * longest);
            if (at + length < Warm + Length)
            {
                faults.Add(new Fault(kind, part, at, length, node));
                free[line] = at + length + 1.5;
            }
        }

        return faults.Count == 0
            ? Random(unchecked(seed + 1_000_003))
            : new FaultPlan($"Random plan {seed}", [.. faults.OrderBy(fault => fault.At)]) { Fleet = new FleetPlan(Users: 100), Calm = 5 };
    }

    private static readonly (FaultKind Kind, Part Part, double Longest)[] Kinds =
    [
        (FaultKind.Kill, Part.Redis, 4), (FaultKind.Freeze, Part.Redis, 5), (FaultKind.Restart, Part.Redis, 1), (FaultKind.Empty, Part.Redis, 0),
        (FaultKind.Full, Part.Redis, 5), (FaultKind.RollBack, Part.Redis, 5),
        (FaultKind.Kill, Part.Postgres, 4), (FaultKind.Freeze, Part.Postgres, 5), (FaultKind.Restart, Part.Postgres, 1), (FaultKind.OpenTransaction, Part.Postgres, 8),
        (FaultKind.Kill, Part.Node, 4), (FaultKind.Freeze, Part.Node, 5), (FaultKind.Restart, Part.Node, 1),
        (FaultKind.Slow, Part.RedisLink, 5), (FaultKind.Split, Part.RedisLink, 5), (FaultKind.Cut, Part.RedisLink, 4), (FaultKind.HalfOpen, Part.RedisLink, 5),
        (FaultKind.Throttle, Part.RedisLink, 5), (FaultKind.Corrupt, Part.RedisLink, 5), (FaultKind.CutSubscriptions, Part.RedisLink, 0),
        (FaultKind.HalfOpenSubscriptions, Part.RedisLink, 6),
        (FaultKind.Slow, Part.PostgresLink, 5), (FaultKind.Split, Part.PostgresLink, 5), (FaultKind.Cut, Part.PostgresLink, 4), (FaultKind.HalfOpen, Part.PostgresLink, 5),
    ];

    private static FaultPlan One(string name, FaultKind kind, Part part, double length, int node = -1) => new(name, [new Fault(kind, part, Warm, length, node)]);
}
