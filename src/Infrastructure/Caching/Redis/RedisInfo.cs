using System.Globalization;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Infrastructure.Caching.Redis;

/// <summary>Reads the answer to INFO.</summary>
internal static class RedisInfo
{
    /// <summary>The status of a store whose masters answered with these texts; counts are summed.</summary>
    public static DistributedTierStatus Parse(IReadOnlyList<string> infos, TimeSpan responseTime)
    {
        var parsed = infos.Select(Fields).ToList();
        return new DistributedTierStatus
        {
            Status = parsed.Any(Refuses) ? "error" : "healthy",
            ResponseTime = responseTime,
            ConnectedClients = Sum("connected_clients"),
            UsedMemory = Sum("used_memory"),
            UsedMemoryHuman = parsed.Count == 1 ? parsed[0].GetValueOrDefault("used_memory_human") : null,
            KeyspaceHits = Sum("keyspace_hits"),
            KeyspaceMisses = Sum("keyspace_misses"),
            EvictedKeys = Sum("evicted_keys"),
        };

        long? Sum(string field)
        {
            var values = parsed.Select(p => Number(p, field)).ToList();
            // Whatever it says of itself is shown, and nothing fails by it.
            return values.Contains(null) ? null : (long)Math.Min(long.MaxValue, values.Sum(value => (decimal)value!.Value));
        }
    }

    // It answers, yet takes no writes: still loading, only a replica, or full without leave to evict.
    private static bool Refuses(Dictionary<string, string> info) =>
        info.GetValueOrDefault("loading") == "1"
        || info.GetValueOrDefault("role") == "slave"
        || (info.GetValueOrDefault("maxmemory_policy") == "noeviction" && Number(info, "maxmemory") is > 0 and var most && Number(info, "used_memory") >= most);

    private static Dictionary<string, string> Fields(string info)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in info.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line[0] != '#')
            {
                fields[line[..colon]] = line[(colon + 1)..];
            }
        }

        return fields;
    }

    private static long? Number(Dictionary<string, string> info, string field) =>
        long.TryParse(info.GetValueOrDefault(field), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
