using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.UnitTests.Caching.Model;

/// <summary>One read: what it asks for, and what its answer must reflect.</summary>
internal sealed record Read(ModelProcess Process, string Door, int Key, long Start, int Required, CacheReadOptions Options)
{
    public CacheKey CacheKey => Catalogue.Keys[Key];

    /// <summary>The node's position before it began.</summary>
    public long Position { get; } = Process.Follower.Position;

    public int Epoch { get; } = Process.Follower.Epoch;

    /// <summary>The version that the database had as it began. Only a planted bug uses it.</summary>
    public int VersionAtStart { get; init; }

    public CancellationTokenSource HungUp { get; } = new();

    public override string ToString() =>
        $"{Door} key {Key}{(Options.ForceRefresh ? " forced" : "")}{(Options.After is { } token ? $" after {token}" : "")}, needs {Required}";
}

/// <summary>One load or set: what it brought, and when its life began.</summary>
internal sealed record Loading(int Id, Read Read, long At, CachePolicy Policy)
{
    public int Version { get; set; } = -1;

    public bool IsPartial { get; set; }

    public bool IsRunning { get; set; }
}

/// <summary>Says what an answer must be, from what was written when, and never from what the engine knows.</summary>
internal sealed class Oracle(World world)
{
    private readonly List<Loading> _loadings = [];

    /// <summary>What was violated first; null while nothing was.</summary>
    public string? Violation { get; private set; }

    /// <summary>How often each kind of answer was given, and whatever else is counted.</summary>
    public Dictionary<string, int> Counts { get; } = new(StringComparer.Ordinal);

    public void Violate(string what)
    {
        world.Log($"VIOLATION: {what}");
        Violation ??= what;
    }

    /// <summary>The version that a read must reflect: clause by clause, invariant I1.</summary>
    public int Required(ModelNode node, int key, Write? presented, bool fromOrigin)
    {
        var required = Math.Max(node.Acknowledged[key], presented?.Versions[key] ?? 0);
        foreach (var write in world.Database.Writes)
        {
            if (fromOrigin || write.CommittedAt < world.Now - world.VerificationWindow.Ticks)
            {
                required = Math.Max(required, write.Versions[key]);
            }
        }

        return required;
    }

    /// <summary>A load begins to read the origin.</summary>
    public Loading Begin(Read read, CachePolicy policy)
    {
        var loading = new Loading(_loadings.Count, read, world.Now, policy) { IsRunning = true };
        foreach (var other in _loadings)
        {
            if (other.IsRunning && other.Read.Process == read.Process && other.Read.Key == read.Key && MustHaveJoined(read, other))
            {
                Violate($"I2: load {loading.Id} of key {read.Key} on node {read.Process.Node.Name} although load {other.Id} is running");
            }
        }

        _loadings.Add(loading);
        return loading;
    }

    /// <summary>A value is set by hand.</summary>
    public Loading Set(Read read, CachePolicy policy, int version)
    {
        var loading = new Loading(_loadings.Count, read, world.Now, policy) { Version = version };
        _loadings.Add(loading);
        return loading;
    }

    /// <summary>Judges an answer.</summary>
    public void Check(Read read, Cached<ModelValue> answer)
    {
        var (value, freshness) = answer;
        var loading = _loadings[value.Load];
        var known = read.Process.Known;
        Count(freshness.IsStale ? $"stale {freshness.StaleReason}{(freshness.Invalidated ? " invalidated" : "")}" : freshness.Source.ToString());
        world.Log(read.Process, $"answers {read} with version {value.Version} of load {value.Load}, {freshness.Source} {freshness.StaleReason}{(freshness.Invalidated ? " invalidated" : "")}{(freshness.IsPartial ? " partial" : "")}");
        Demand(value.Key == read.Key && value.Version == loading.Version && loading.Read.Key == read.Key, read, "I8: another value than was cached");
        Demand(freshness.IsPartial == loading.IsPartial, read, "I4: partial and not told, or the other way round");
        var age = world.Now - loading.At;
        var life = Min(loading.Policy.TimeToLive!.Value, world.MaxEntryLife);
        if (!freshness.IsStale)
        {
            Demand(value.Version >= read.Required, read, $"I1: version {value.Version} is called fresh");
            Demand(freshness.Source == CacheSource.Origin || age < life.Ticks, read, "I4: past its time to live and called fresh");
            Demand(!freshness.Invalidated && freshness.StaleReason is null, read, "I4: fresh with the marks of a stale one");
            return;
        }

        var window = loading.Policy.StaleWindow ?? world.DefaultStaleWindow;
        Demand(!loading.IsPartial, read, "I4: a partial answer as a stale copy");
        Demand(read.Door == "get-stale" || Catalogue.Policies[read.Key].AllowStale, read, "I4: stale although the policy forbids it");
        Demand(age < Min(life + window, world.MaxEntryLife).Ticks, read, "I4: stale past the stale window");
        Demand(!known.Any(write => write.Purges(read.Key, value.Version)), read, "I4: a purged copy is served");
        Demand(freshness.Invalidated || !known.Any(write => write.Overtakes(read.Key, value.Version)), read, "I4: a copy that a write has overtaken does not say so");
        Demand(!freshness.Invalidated || read.Door == "get-stale" || freshness.StaleReason != StaleReason.Unverified, read, "I4: an overtaken copy as an unverified one");
    }

    public void Count(string kind, int times = 1) => Counts[kind] = Counts.GetValueOrDefault(kind) + times;

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    /// <summary>Whether a new load is one too many: both were asked for plainly, and all the while nothing was known that overtakes the older.</summary>
    private bool MustHaveJoined(Read read, Loading running)
    {
        var older = running.Read.Start < read.Start ? running.Read : read;
        return world.Now - running.At < (running.Policy.HardTimeout ?? world.HardTimeout).Ticks
            && read.Process.LastUnusual[read.Key] < older.Start
            && read.Process.IsValid(read.Key, Math.Min(read.Position, running.Read.Position), older.Epoch);
    }

    private void Demand(bool holds, Read read, string what)
    {
        if (!holds)
        {
            Violate($"{what}: node {read.Process.Node.Name}, {read}");
        }
    }
}
