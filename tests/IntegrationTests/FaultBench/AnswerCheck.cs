using System.Text.Json;

namespace NeuroLab.IntegrationTests.FaultBench;

/// <summary>Which resource was read.</summary>
internal enum ReadKind
{
    Summary,
    Charts,
    Recent,
    List,
    Item,
}

/// <summary>Holds the body of a 200 against what its user has written.</summary>
internal static class AnswerCheck
{
    /// <summary>Checks an answer, and reports what must not be.</summary>
    /// <returns>Where it came from, why it is stale, and whether it is whole.</returns>
    public static (string? Source, string? Reason, bool IsWhole) Check(ReadKind kind, BenchUser user, ReadView view, JsonElement body, Action<Breach, string> breach)
    {
        var info = body.GetProperty("cache_info");
        var source = info.GetProperty("source").GetString();
        var reason = info.TryGetProperty("stale_reason", out var why) ? why.GetString() : null;
        var isStale = body.GetProperty("_stale_data").GetBoolean();
        if (isStale != (source == "stale") || isStale != (reason is not null))
        {
            breach(Breach.Unexpected, $"{kind}: stale {isStale}, source {source}, reason {reason}");
        }

        var isWhole = !body.GetProperty("partial_failure").GetBoolean();
        CheckValue(kind, user, view, body, isStale, isWhole, $"{kind} of {user.Name} at node {view.Node} from {source}", breach);

        return (source, reason, isWhole);
    }

    /// <summary>Checks that an experiment may be missing.</summary>
    public static void CheckMissing(BenchUser user, ReadView view, Guid id, Action<Breach, string> breach)
    {
        if (user.Ledger.Find(id) is { } item && view.Must(item.Created) && !view.Can(item.Deleted))
        {
            breach(Breach.StaleUnmarked, $"Item of {user.Name} at node {view.Node}: not found, and it was created and not deleted");
        }
    }

    private static void CheckValue(ReadKind kind, BenchUser user, ReadView view, JsonElement body, bool isStale, bool isWhole, string what, Action<Breach, string> breach)
    {
        switch (kind)
        {
            case ReadKind.Summary or ReadKind.Charts:
                CheckCount(() => body.GetProperty("total_experiments"));
                break;
            case ReadKind.Recent:
                CheckCount(() => body.GetProperty("activity_summary").GetProperty("total_recent"));
                CheckAll(() => body.GetProperty("activity_summary").GetProperty("total_recent"), 50);
                break;
            case ReadKind.List:
                CheckCount(() => body.GetProperty("total"));
                CheckAll(() => body.GetProperty("total"), 100);
                break;
            default:
                CheckItem(body.GetProperty("experiment"));
                break;
        }

        void CheckCount(Func<JsonElement> read)
        {
            if (!isWhole)
            {
                return;
            }

            var count = read().GetInt32();
            var (fewest, all) = user.Ledger.CountEver();
            if (count < fewest || count > all)
            {
                breach(Breach.ForeignData, $"{what}: {count}, and there never were but {fewest} to {all}");
            }

            var (least, most) = user.Ledger.Count(view);
            if (!isStale && (count < least || count > most))
            {
                breach(Breach.StaleUnmarked, $"{what}: {count}, and there are {least} to {most}{(view.Token is null ? "" : ", with token")}");
            }
        }

        void CheckAll(Func<JsonElement> readTotal, int limit)
        {
            // A part that failed may be missing; what is there is held against the rest all the same.
            if (!isWhole && (!body.TryGetProperty("experiments", out var part) || part.ValueKind != JsonValueKind.Array))
            {
                return;
            }

            var ids = new HashSet<Guid>();
            foreach (var experiment in body.GetProperty("experiments").EnumerateArray())
            {
                CheckItem(experiment);
                if (!ids.Add(experiment.GetProperty("id").GetGuid()))
                {
                    breach(Breach.StaleUnmarked, $"{what}: an experiment twice");
                }
            }

            var total = isWhole ? readTotal().GetInt32() : int.MaxValue;
            if (total > limit)
            {
                return;
            }

            // One snapshot, stale or not: the list and its total are of the same moment.
            if (ids.Count != total)
            {
                breach(Breach.StaleUnmarked, $"{what}: {ids.Count} experiments, and a total of {total}");
            }

            if (!isStale && user.Ledger.Items.Where(item => item.Id is { } id && !ids.Contains(id) && view.Must(item.Created) && !view.Can(item.Deleted)).Select(item => item.Id).FirstOrDefault() is { } lacking)
            {
                breach(Breach.StaleUnmarked, $"{what}: {lacking} is not there, and was created and not deleted");
            }
        }

        void CheckItem(JsonElement experiment)
        {
            var name = experiment.GetProperty("name").GetString()!;
            if (experiment.GetProperty("user_id").GetGuid() != user.Id || !user.Owns(name))
            {
                breach(Breach.ForeignData, $"{what}: an experiment named {name}");
                return;
            }

            if (isStale || user.Ledger.Find(experiment.GetProperty("id").GetGuid()) is not { } item)
            {
                return;
            }

            if (view.Must(item.Deleted))
            {
                breach(Breach.StaleUnmarked, $"{what}: {name} is there, and was deleted");
            }

            if ((view.Must(item.Renamed) && name != item.NewName) || (item.NewName == name && !view.Can(item.Renamed)))
            {
                breach(Breach.StaleUnmarked, $"{what}: the name is {name}, renamed to {item.NewName}");
            }
        }
    }
}
