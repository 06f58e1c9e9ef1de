using System.Diagnostics;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.IntegrationTests.History;

/// <summary>What an answer has broken.</summary>
internal enum Clause
{
    /// <summary>A fresh answer lacks a write that the same node had acknowledged before the read began.</summary>
    OwnWrite,

    /// <summary>A fresh answer lacks the write whose token the read presented.</summary>
    Token,

    /// <summary>A fresh answer lacks a write that was committed, anywhere, more than the verification window before the read began.</summary>
    Window,

    /// <summary>An answer that was asked of the origin lacks a write that was committed before.</summary>
    Forced,

    /// <summary>A copy that was purged was served as stale by a node that had to know.</summary>
    Purged,

    /// <summary>A stale answer without a reason, or a reason without staleness.</summary>
    Marks,

    /// <summary>A write was acknowledged and is not there.</summary>
    LostWrite,
}

/// <summary>An answer that must not be.</summary>
/// <param name="Clause">Why.</param>
/// <param name="Event">The answer.</param>
/// <param name="AtLeast">The version that it had to have.</param>
internal sealed record Violation(Clause Clause, Event Event, long AtLeast);

/// <summary>
/// Holds a history against invariant I1, in its three clauses, and what goes with it. All times are of one clock. Where something is known only up to a bound, the bound is on the
/// side of the nodes: a version counts as committed when somebody was seen to read it, a write as acknowledged when the node's call had returned. So
/// a violation is one.
/// </summary>
internal static class HistoryChecker
{
    public static List<Violation> Check(History history, TimeSpan window)
    {
        var windowTicks = (long)(window.TotalSeconds * Stopwatch.Frequency);
        var violations = new List<Violation>();
        var acknowledged = Acknowledged(history, violations, purges: false);
        var acknowledgedPurges = Acknowledged(history, [], purges: true);
        var seen = Enumerable.Range(0, Register.Count).Select(register => new Timeline(history.Seen(register))).ToArray();
        var purges = Enumerable.Range(0, Register.Count).Select(_ => new List<long>()).ToArray();
        foreach (var effect in history.Effects.Values.SelectMany(effects => effects).Where(effect => effect.Purge))
        {
            purges[effect.Register].Add(effect.Version);
        }

        foreach (var read in history.Events.Where(e => !e.Op.IsWrite && e.Result.Outcome == Outcome.Done && e.Result.Source != AnswerSource.None))
        {
            var (register, began) = (read.Op.Register, read.Result.Began);
            var committed = seen[register].At(began - windowTicks);
            var own = Of(acknowledged, read).At(began);
            if (read.Result.Source == AnswerSource.Stale)
            {
                Demand(Clause.Marks, read.Result.Reason > 0 || read.Op.Kind == OpKind.StaleCopy ? 0 : long.MaxValue);
                Demand(Clause.Purged, Of(acknowledgedPurges, read).At(began));
                if (read.Result.Verified)
                {
                    // A node that has verified the journal knows of the others' purges too, whatever else fails.
                    Demand(Clause.Purged, purges[register].Where(version => version <= committed).DefaultIfEmpty().Max());
                }

                continue;
            }

            Demand(Clause.Marks, read.Result.Reason == 0 && !read.Result.Invalidated ? 0 : long.MaxValue);
            Demand(Clause.OwnWrite, own);
            Demand(Clause.Window, committed);
            if (read.Op.After >= 0 && history.Effects.TryGetValue(read.Op.After, out var written))
            {
                Demand(Clause.Token, written.Where(effect => effect.Register == register).Select(effect => effect.Version).DefaultIfEmpty().Max());
            }

            if (read.Op.Kind == OpKind.Forced)
            {
                Demand(Clause.Forced, seen[register].At(began));
            }

            void Demand(Clause clause, long atLeast)
            {
                if (read.Result.Version < atLeast)
                {
                    violations.Add(new Violation(clause, read, atLeast));
                }
            }
        }

        return violations;
    }

    /// <summary>What a stale answer says of itself.</summary>
    public static string Reason(Result result) => result.Reason == 0 ? "none" : ((StaleReason)(result.Reason - 1)).ToString();

    /// <summary>By node and register: which version was acknowledged when.</summary>
    private static Dictionary<(int Node, int Register), Timeline> Acknowledged(History history, List<Violation> violations, bool purges)
    {
        var found = new Dictionary<(int, int), List<(long, long)>>();
        foreach (var write in history.Events.Where(e => e.Op.IsWrite && e.Result.Outcome == Outcome.Done))
        {
            if (!history.Effects.TryGetValue(write.Result.Number, out var effects))
            {
                violations.Add(new Violation(Clause.LostWrite, write, 0));
                continue;
            }

            foreach (var effect in effects.Where(effect => effect.Purge || !purges))
            {
                if (!found.TryGetValue((write.Node, effect.Register), out var versions))
                {
                    found[(write.Node, effect.Register)] = versions = [];
                }

                versions.Add((write.Result.Ended, effect.Version));
            }
        }

        return found.ToDictionary(pair => pair.Key, pair => new Timeline(pair.Value));
    }

    private static Timeline Of(Dictionary<(int Node, int Register), Timeline> timelines, Event read) =>
        timelines.GetValueOrDefault((read.Node, read.Op.Register), Timeline.Empty);

    /// <summary>The highest version up to a time.</summary>
    private sealed class Timeline
    {
        private readonly long[] _times;
        private readonly long[] _versions;

        public Timeline(IEnumerable<(long Time, long Version)> points)
        {
            var sorted = points.OrderBy(point => point.Time).ToList();
            _times = [.. sorted.Select(point => point.Time)];
            _versions = new long[_times.Length];
            var highest = 0L;
            for (var i = 0; i < _versions.Length; i++)
            {
                _versions[i] = highest = Math.Max(highest, sorted[i].Version);
            }
        }

        public static Timeline Empty { get; } = new([]);

        /// <summary>0 where there was none yet.</summary>
        public long At(long time)
        {
            var index = Array.BinarySearch(_times, time);
            if (index < 0)
            {
                index = ~index - 1;
            }
            else
            {
                while (index + 1 < _times.Length && _times[index + 1] == time)
                {
                    index++;
                }
            }

            return index < 0 ? 0 : _versions[index];
        }
    }
}
