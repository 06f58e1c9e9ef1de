using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Diagnostics;
using StackExchange.Redis;

namespace NeuroLab.Infrastructure.Caching.Redis;

/// <summary>
/// Walks our own keys, and no others, on every master: the prefix goes into the pattern escaped, and every key that comes back is checked for it.
/// Each round trip is bounded by itself. Thread-safe.
/// </summary>
internal sealed class RedisKeyspace(RedisConnection connection, RedisCalls calls, string prefix, TimeProvider clock)
{
    private const int ScanCount = 500;
    private const int ListBatch = 100;

    /// <summary>The most pages that are walked to count: some hundred thousand keys, whoever's they are.</summary>
    private const int MostCountedPages = 200;

    /// <summary>How long keys are counted, to the end of the page that is under way then.</summary>
    private static readonly TimeSpan CountsFor = TimeSpan.FromMilliseconds(500);

    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(prefix);

    /// <summary>Deletes what matches.</summary>
    /// <returns>How many; null when a master could not be walked to the end.</returns>
    public async Task<long?> PurgeAsync(CachePattern pattern, CancellationToken cancellationToken)
    {
        var (masters, complete) = await OwnersAsync(cancellationToken).ConfigureAwait(false);
        var deleted = 0L;
        foreach (var master in masters)
        {
            await foreach (var page in WalkAsync(master, pattern, cancellationToken).ConfigureAwait(false))
            {
                if (page is null)
                {
                    complete = false;
                }
                else if (page.Count > 0)
                {
                    var reply = await calls.RunAsync(
                        RedisOperation.Delete,
                        static (database, s) => UnlinkAsync(database, s.page, s.master.ServerType == ServerType.Cluster), (page, master), cancellationToken).ConfigureAwait(false);
                    complete &= reply.Outcome == StoreOutcome.Answered;
                    deleted += reply.Value;
                }

                if (!complete)
                {
                    return null;
                }
            }
        }

        return complete ? deleted : null;
    }

    /// <summary>Lists what matches, at most <paramref name="limit"/>.</summary>
    public async Task<CacheListing> ListAsync(CachePattern pattern, int limit, CancellationToken cancellationToken)
    {
        var (found, complete) = (new Dictionary<string, CacheEntryInfo>(StringComparer.Ordinal), true);
        foreach (var master in connection.Masters())
        {
            await foreach (var page in WalkAsync(master, pattern, cancellationToken).ConfigureAwait(false))
            {
                complete &= page is not null;
                foreach (var batch in (page ?? []).Chunk(ListBatch))
                {
                    if (found.Count >= limit)
                    {
                        return new CacheListing([.. found.Values], IsComplete: false);
                    }

                    var reply = await calls.RunAsync(RedisOperation.Describe, static (database, keys) => Task.WhenAll(keys.Select(k => DescribeAsync(database, k))), batch, cancellationToken).ConfigureAwait(false);
                    complete &= reply.Outcome == StoreOutcome.Answered && connection.Time.TryGetNow(out _, out _);
                    foreach (var (key, header, size) in reply.Value ?? [])
                    {
                        if (found.Count < limit && Describe(key, header, size) is { } info)
                        {
                            found[info.Key] = info;
                        }
                    }
                }
            }
        }

        complete = complete && found.Count < limit && (await OwnersAsync(cancellationToken).ConfigureAwait(false)).Complete;
        return new CacheListing([.. found.Values], complete);
    }

    /// <summary>Counts what matches.</summary>
    /// <returns>How many; null when a master could not be walked to the end, or not in <see cref="CountsFor"/>, or has too many keys.</returns>
    public async Task<long?> CountAsync(CachePattern pattern, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        var (masters, complete) = await OwnersAsync(cancellationToken).ConfigureAwait(false);
        if (!complete)
        {
            return null;
        }

        var (found, pages) = (new HashSet<string>(StringComparer.Ordinal), 0);
        foreach (var master in masters)
        {
            await foreach (var page in WalkAsync(master, pattern, cancellationToken).ConfigureAwait(false))
            {
                if (page is null || ++pages > MostCountedPages || clock.GetElapsedTime(started) > CountsFor)
                {
                    return null;
                }

                // Locks stand under the prefix, too, by names that no key of the cache has.
                found.UnionWith(page.Select(KeyOf).Where(key => CacheKey.TryOf(key, out _)));
            }
        }

        return found.Count;
    }

    /// <summary>The masters that have keys, and whether each of them is connected.</summary>
    private async Task<(IReadOnlyList<IServer> Masters, bool Complete)> OwnersAsync(CancellationToken cancellationToken)
    {
        var connected = connection.Masters();
        if (connected.FirstOrDefault(master => master.ServerType == ServerType.Cluster) is not { } one)
        {
            return (connected, connected.Count > 0);
        }

        // The client remembers servers that died and were replaced: who has the slots now, the cluster knows. As a plain command: the client's own asks for admin mode.
        var reply = await calls.RunAsync(RedisOperation.Info, static (_, server) => server.ExecuteAsync("CLUSTER", "NODES"), one, cancellationToken).ConfigureAwait(false);
        var owners = OwnersOf((string?)reply.Value ?? "").Select(owner => connected.FirstOrDefault(master => master.EndPoint.Equals(owner))).ToList();
        return ([.. owners.OfType<IServer>()], owners.Count > 0 && owners.TrueForAll(owner => owner is not null));
    }

    // A line: id, address:port@bus, flags, master, ping, pong, epoch, link, then slots; those on their way are in brackets.
    private static IEnumerable<IPEndPoint?> OwnersOf(string nodes)
    {
        foreach (var fields in nodes.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (fields.Length > 8 && fields[2].Split(',').Contains("master") && fields[8..].Any(slots => slots[0] != '['))
            {
                var address = fields[1].Split('@')[0];
                var colon = Math.Max(0, address.LastIndexOf(':'));
                yield return IPAddress.TryParse(address.AsSpan(0, colon), out var host) && ushort.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                    ? new IPEndPoint(host, port)
                    : null;
            }
        }
    }

    // A page is null when the walk cannot go on; SCAN may name a key twice and never misses one that was there all the time.
    private async IAsyncEnumerable<List<RedisKey>?> WalkAsync(
        IServer master, CachePattern pattern, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var match = CachePattern.EscapeGlob(prefix) + pattern.Text;
        var cursor = "0";
        do
        {
            var reply = await calls.RunAsync(
                RedisOperation.Scan,
                static (_, s) => s.master.ExecuteAsync(s.DatabaseNumber, "SCAN", s.arguments),
                (master, connection.DatabaseNumber, arguments: new object[] { cursor, "MATCH", match, "COUNT", ScanCount }),
                cancellationToken).ConfigureAwait(false);
            if (reply.Outcome != StoreOutcome.Answered || reply.Value is not { Length: 2 } parts || (string?)parts[0] is not { } next)
            {
                yield return null;
                yield break;
            }

            cursor = next;
            var keys = new List<RedisKey>();
            for (var i = 0; i < parts[1].Length; i++)
            {
                if ((byte[]?)parts[1][i] is { } key && key.AsSpan().StartsWith(_prefix))
                {
                    keys.Add(key);
                }
            }

            yield return keys;
        }
        while (cursor != "0");
    }

    // In a cluster the keys of one call must lie in one slot, so there each goes by itself, all in one pipeline.
    private static async Task<long> UnlinkAsync(IDatabase database, List<RedisKey> keys, bool isCluster) => isCluster
        ? (await Task.WhenAll(keys.Select(k => database.KeyDeleteAsync(k))).ConfigureAwait(false)).Count(wasThere => wasThere)
        : await database.KeyDeleteAsync([.. keys]).ConfigureAwait(false);

    private static async Task<(RedisKey Key, byte[]? Header, long Size)> DescribeAsync(IDatabase database, RedisKey key)
    {
        var header = database.StringGetRangeAsync(key, 0, RedisValueCodec.HeaderBytes - 1);
        var size = database.StringLengthAsync(key);
        try
        {
            await Task.WhenAll(header, size).ConfigureAwait(false);
            return (key, await header.ConfigureAwait(false), await size.ConfigureAwait(false));
        }
        catch (RedisServerException)
        {
            // Of another type: not a value of ours, whatever its name.
            return (key, null, 0);
        }
    }

    private string KeyOf(RedisKey key) => Encoding.UTF8.GetString(((byte[])key!).AsSpan(_prefix.Length));

    private CacheEntryInfo? Describe(RedisKey key, byte[]? header, long size)
    {
        if (header is null || !RedisValueCodec.TryReadTimes(header, out var loadedAt, out var timeToLive, out _) || !connection.Time.TryGetNow(out _, out var now))
        {
            return null;
        }

        var age = Math.Max(0, now - loadedAt) / 1000.0;
        return new CacheEntryInfo(KeyOf(key), "redis", age, timeToLive.TotalSeconds - age, size, null);
    }
}
