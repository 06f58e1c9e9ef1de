using System.Collections.Concurrent;
using System.Diagnostics;

namespace NeuroLab.IntegrationTests.FaultBench;

/// <summary>What must never happen.</summary>
internal enum Breach
{
    /// <summary>A 5xx for a key that the node has a servable copy of.</summary>
    ErrorDespiteCopy,

    /// <summary>An answer that is not marked stale and lacks a write that it has to show, or shows one that was undone.</summary>
    StaleUnmarked,

    /// <summary>A write that was acknowledged and is not there in the end, or one deleted that is.</summary>
    LostWrite,

    /// <summary>Data of another user.</summary>
    ForeignData,

    /// <summary>An answer over its time bound.</summary>
    TooLate,

    /// <summary>An answer that this request cannot have: a refusal, a 500, a 5xx without its problem body and Retry-After, or a broken connection to a node that was there.</summary>
    Unexpected,
}

/// <summary>One answer, as the report counts it.</summary>
/// <param name="At">When it was asked for.</param>
/// <param name="Took">How long it took, from when it was due.</param>
/// <param name="Node">Who answered.</param>
/// <param name="IsWrite">Whether it was a command.</param>
/// <param name="Status">The status; 0 for a broken connection.</param>
/// <param name="Source">memory, redis, origin or stale; null where it was a command or an error.</param>
/// <param name="StaleReason">Why it is stale; null where it is not.</param>
internal sealed record Seen(long At, TimeSpan Took, int Node, bool IsWrite, int Status, string? Source, string? StaleReason)
{
    public bool IsStale => Source == "stale";

    /// <summary>When it was there.</summary>
    public long Ended => At + (long)(Took.TotalSeconds * Stopwatch.Frequency);

    public bool IsGood => Status is >= 200 and < 500 && !IsStale;
}

/// <summary>What a stream of requests met. Thread-safe.</summary>
internal sealed class Tally
{
    private readonly ConcurrentQueue<Seen> _seen = new();
    private readonly ConcurrentDictionary<Breach, ConcurrentQueue<string>> _breaches = new();
    private int _count;

    /// <summary>The most answers that are kept; of longer runs the later ones are counted alone.</summary>
    public int Kept { get; init; } = 2_000_000;

    /// <summary>How many answers there were.</summary>
    public int Count => Volatile.Read(ref _count);

    public IReadOnlyCollection<Seen> Seen => _seen;

    public void Add(Seen seen)
    {
        if (Interlocked.Increment(ref _count) <= Kept)
        {
            _seen.Enqueue(seen);
        }
    }

    /// <summary>Forgets what was answered so far, but no breach: what is counted begins now.</summary>
    public void BeginAnew()
    {
        _seen.Clear();
        Volatile.Write(ref _count, 0);
    }

    public void Breach(Breach breach, string what) => _breaches.GetOrAdd(breach, static _ => new()).Enqueue(what);

    public int Breaches(Breach breach) => _breaches.TryGetValue(breach, out var all) ? all.Count : 0;

    /// <summary>Every breach, a few examples of each kind.</summary>
    public IReadOnlyList<string> Examples() =>
        [.. _breaches.OrderBy(breach => breach.Key).SelectMany(breach => breach.Value.Take(5).Select(example => $"{breach.Key} ({breach.Value.Count}): {example}"))];

    /// <summary>A share of the times of the answers that are asked for, the longest last.</summary>
    public TimeSpan Percentile(double share, Func<Seen, bool> which)
    {
        var times = _seen.Where(which).Select(seen => seen.Took).Order().ToList();
        return times.Count == 0 ? TimeSpan.Zero : times[Math.Min(times.Count - 1, (int)(times.Count * share))];
    }

    /// <summary>How long after a moment the last answer that was not as in health came; null where there was none.</summary>
    public TimeSpan? HealedAfter(long moment)
    {
        var last = _seen.Where(seen => !seen.IsGood).Select(seen => seen.Ended).DefaultIfEmpty().Max();
        return last <= moment ? null : Stopwatch.GetElapsedTime(moment, last);
    }
}
