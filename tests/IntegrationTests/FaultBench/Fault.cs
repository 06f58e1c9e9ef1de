using System.Globalization;

namespace NeuroLab.IntegrationTests.FaultBench;

/// <summary>What can be done to a part of a fleet.</summary>
internal enum FaultKind
{
    /// <summary>Killed (SIGKILL), and started again afterwards.</summary>
    Kill,

    /// <summary>Stopped in its tracks (SIGSTOP), and let go on afterwards.</summary>
    Freeze,

    /// <summary>Stopped as an operator does, and started again afterwards.</summary>
    Restart,

    /// <summary>Redis: every key is gone.</summary>
    Empty,

    /// <summary>Redis: no memory left, and nothing is evicted: writes are refused.</summary>
    Full,

    /// <summary>Redis: saved at the beginning, and killed and started from that snapshot at the end.</summary>
    RollBack,

    /// <summary>Redis: its master is killed and a replica takes its place that lacks what came last.</summary>
    FailOver,

    /// <summary>Redis: subscriptions are cut.</summary>
    CutSubscriptions,

    /// <summary>Redis: subscriptions stay up, and nothing comes over them.</summary>
    HalfOpenSubscriptions,

    /// <summary>PostgreSQL: a transaction that has written is left open.</summary>
    OpenTransaction,

    /// <summary>A link: every answer is late.</summary>
    Slow,

    /// <summary>A link: little passes in a second.</summary>
    Throttle,

    /// <summary>A link: bits of answers are flipped.</summary>
    Corrupt,

    /// <summary>A link: closed, and new ones are refused.</summary>
    Cut,

    /// <summary>A link: stays up, and nothing passes (a network that is split).</summary>
    Split,

    /// <summary>A link: what is sent arrives, and no answer comes.</summary>
    HalfOpen,
}

/// <summary>Which part.</summary>
internal enum Part
{
    Redis,
    Postgres,

    /// <summary>A node of the service.</summary>
    Node,

    /// <summary>The way to Redis, of one node or of all.</summary>
    RedisLink,

    /// <summary>The way to PostgreSQL, of one node or of all.</summary>
    PostgresLink,
}

/// <summary>One fault.</summary>
/// <param name="Kind">What.</param>
/// <param name="Part">To which part.</param>
/// <param name="At">When, in seconds from the beginning.</param>
/// <param name="For">For how many seconds.</param>
/// <param name="Node">To which node, or to which node's link; -1 for all. Of a cluster: to which master.</param>
internal sealed record Fault(FaultKind Kind, Part Part, double At, double For, int Node = -1)
{
    public double End => At + For;

    /// <summary>Whether it is trouble for the database, or a way to it: only then may a request be refused.</summary>
    public bool IsOfDatabase => Part is Part.Postgres or Part.PostgresLink && Kind != FaultKind.OpenTransaction;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Kind} {Part}{(Node < 0 ? "" : $" {Node}")} at {At:0.0} s for {For:0.0} s");
}

/// <summary>What happens, when, for how long, and what must hold meanwhile.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Faults">What happens.</param>
internal sealed record FaultPlan(string Name, IReadOnlyList<Fault> Faults)
{
    /// <summary>What it happens to.</summary>
    public FleetPlan Fleet { get; init; } = new();

    /// <summary>When the last fault is over, in seconds.</summary>
    public double End => Faults.Max(fault => fault.End);

    /// <summary>How long the stream goes on after the last fault, in seconds.</summary>
    public double Calm { get; init; } = 8;

    public override string ToString() => Name;
}
