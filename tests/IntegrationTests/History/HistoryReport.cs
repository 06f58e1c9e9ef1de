using System.Globalization;

namespace NeuroLab.IntegrationTests.History;

/// <summary>A history in numbers.</summary>
internal static class HistoryReport
{
    /// <summary>How many reads were answered from where.</summary>
    public static Dictionary<AnswerSource, int> Sources(History history) =>
        history.Events.Where(e => !e.Op.IsWrite && e.Result.Outcome == Outcome.Done).CountBy(e => e.Result.Source).ToDictionary();

    /// <summary>Writes that became visible after one with a later transaction id had been seen.</summary>
    public static int OutOfOrder(History history)
    {
        var seen = new Dictionary<(int, long), long>();
        for (var register = 0; register < Register.Count; register++)
        {
            var before = 0L;
            foreach (var (time, version) in history.Seen(register))
            {
                for (var v = before + 1; v <= version; v++)
                {
                    seen[(register, v)] = time;
                }

                before = version;
            }
        }

        var (late, latest) = (0, (Time: 0L, Token: 0L));
        var writes = history.Effects
            .Select(write => (Time: write.Value.Min(effect => seen.GetValueOrDefault((effect.Register, effect.Version), long.MaxValue)), Token: write.Key))
            .Where(write => write.Time != long.MaxValue)
            .OrderBy(write => write.Time).ThenBy(write => write.Token);
        foreach (var write in writes)
        {
            late += write.Token < latest.Token && write.Time > latest.Time ? 1 : 0;
            latest = write.Token > latest.Token ? write : latest;
        }

        return late;
    }

    public static IEnumerable<string> Lines(History history)
    {
        var reads = history.Events.Where(e => !e.Op.IsWrite).ToList();
        var writes = history.Events.Where(e => e.Op.IsWrite).ToList();
        yield return Say($"{history.Count} operations: {reads.Count} reads, {writes.Count} writes of which {writes.Count(w => w.Result.Outcome == Outcome.Done)} acknowledged, {history.Effects.Count} committed, {OutOfOrder(history)} out of order");
        yield return "answers from " + string.Join(", ", Sources(history).OrderBy(s => s.Key).Select(s => Say($"{s.Key} {s.Value} ({100.0 * s.Value / reads.Count:0.0} %)")));
        yield return "stale because of " + string.Join(", ", reads.Where(e => e.Result.Source == AnswerSource.Stale).CountBy(e => HistoryChecker.Reason(e.Result)).Select(r => Say($"{r.Key} {r.Value}")));
        yield return "not answered: " + string.Join(", ", reads.Where(e => e.Result.Outcome != Outcome.Done).CountBy(e => e.Result.Outcome == Outcome.Missed ? "missed" : e.Result.Text.Split('\n')[0]).Select(r => Say($"{r.Key} {r.Value}")));
    }

    /// <summary>What a reader of a failure needs: the answer, and what it is about.</summary>
    public static string Describe(History history, Violation violation)
    {
        var (op, result) = (violation.Event.Op, violation.Event.Result);
        var seen = history.Seen(op.Register).FirstOrDefault(s => s.Version >= violation.AtLeast);
        return Say($"{violation.Clause}: node {violation.Event.Node} {op.Kind} of register {op.Register} answered {result.Version} ({result.Source}, {HistoryChecker.Reason(result)}, invalidated {result.Invalidated}, verified {result.Verified}), at least {violation.AtLeast}, which was committed {(result.Began - seen.Time) / 1e6:0.0} ms before the read began; it took {(result.Ended - result.Began) / 1e6:0.0} ms; token {op.After}");
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
