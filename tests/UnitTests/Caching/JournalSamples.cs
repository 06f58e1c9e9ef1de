using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Journal;

namespace NeuroLab.UnitTests.Caching;

/// <summary>Records of which only the position counts.</summary>
internal static class JournalSamples
{
    private static readonly Invalidation Overtaking = Invalidation.OfPattern(CachePattern.All);
    private static readonly Invalidation Purging = Invalidation.Purge(CachePattern.All);

    /// <summary>A record at a position, every third one a purge.</summary>
    public static NewestRecords Newest(int position) =>
        NewestRecords.Of(new JournalRecord(position, position % 3 == 0 ? Purging : Overtaking, "test", DateTime.UnixEpoch));
}
