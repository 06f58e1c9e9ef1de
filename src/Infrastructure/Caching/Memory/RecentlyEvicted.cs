using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Infrastructure.Caching.Memory;

/// <summary>
/// The hashes of entries that went without having been used, as many as the last evictions are: who comes back so soon is not one that is wanted once. Four bytes each: half of a hash, and
/// when it went. Where a place is wanted by more than four the oldest is forgotten, and where half of two hashes is the same one is taken for the other: the order of eviction suffers a little, nothing
/// else. Not thread-safe.
/// </summary>
internal sealed class RecentlyEvicted
{
    private const int Ways = 4;

    /// <summary>Into how many steps the time is cut in which all that is remembered goes. Far fewer than the 2^16 that are told apart.</summary>
    private const int Steps = 1 << 12;

    private uint[] _places = [];
    private long _window;
    private long _step;
    private long _evictions;

    /// <summary>Forgets everything, and remembers so much from now on.</summary>
    /// <param name="places">How many places there are: a power of two, four at least.</param>
    /// <param name="window">How many of the last evictions are remembered, one at least.</param>
    public void Reset(int places, long window)
    {
        (_places, _window, _evictions) = (new uint[places], window, 0);
        _step = Math.Max(1, window / Steps);
    }

    /// <summary>An entry goes.</summary>
    public void Add(CacheKey key)
    {
        var places = PlacesOf(key);
        var now = Time(++_evictions);
        var oldest = 0;
        for (var i = 0; i < Ways; i++)
        {
            if (places[i] == 0 || Half(places[i]) == HalfOf(key))
            {
                oldest = i;
                break;
            }

            if (Age(now, places[i]) > Age(now, places[oldest]))
            {
                oldest = i;
            }
        }

        places[oldest] = ((uint)HalfOf(key) << 16) | now;
    }

    /// <summary>Whether an entry went lately. It is forgotten with that.</summary>
    public bool Remove(CacheKey key)
    {
        var now = Time(_evictions);
        foreach (ref var place in PlacesOf(key))
        {
            if (place != 0 && Half(place) == HalfOf(key))
            {
                var isRecent = Age(now, place) * _step < _window;
                place = 0;
                return isRecent;
            }
        }

        return false;
    }

    private static ushort Half(uint place) => (ushort)(place >> 16);

    // The lower half tells the place. Never zero, so that no place in use looks empty.
    private static ushort HalfOf(CacheKey key) => (ushort)(((uint)key.GetHashCode() >> 16) | 1);

    private static ushort Age(ushort now, uint place) => (ushort)(now - (ushort)place);

    private ushort Time(long evictions) => (ushort)(evictions / _step);

    private Span<uint> PlacesOf(CacheKey key) => _places.AsSpan((key.GetHashCode() * Ways) & (_places.Length - 1), Ways);
}
