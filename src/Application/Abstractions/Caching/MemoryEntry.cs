namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>
/// An entry of the memory tier. Its value, its lease and when it was loaded never change; only the end of its freshness moves, where it slides. Times are ticks (100 ns) of the
/// node's monotonic clock, which counts from the wall clock's time at the start. There may be millions: spans are kept in milliseconds, and what few entries have is elsewhere.
/// </summary>
public abstract class MemoryEntry
{
    private const long Millisecond = TimeSpan.TicksPerMillisecond;
    private const uint MostUses = 7;
    private const uint OneHit = 8;

    private readonly string _text;
    private readonly int _hash;
    private readonly long _lease;
    private readonly int _epoch;
    private readonly long _loadedAt;
    private readonly int _size;
    private readonly uint _staleFor;

    // The codes of a WallClockOffset and of two CoarseSpans: of a type of their own, fields would take eight bytes each.
    private readonly int _cachedAt;
    private readonly ushort _memoryFor;
    private MemoryEntry? _next;
    private uint _freshFor;
    private uint _validatedVersion;
    private uint _position;
    private ushort _refreshFor;

    /// <summary>Hits, and in the lowest three bits uses: what every hit writes is one word.</summary>
    private uint _hitsAndUses;

    /// <summary>Creates an entry.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="lease">The node's journal position before the load read the origin.</param>
    /// <param name="epoch">Which reading of the journal the lease is of.</param>
    /// <param name="life">When it begins and ends.</param>
    /// <param name="size">Bytes that it is counted with.</param>
    protected MemoryEntry(CacheKey key, long lease, int epoch, EntryLife life, int size)
    {
        (_text, _hash, _lease, _epoch, _size) = (key.Value, key.GetHashCode(), lease, epoch, size);
        (var offset, _loadedAt) = WallClockOffset.Of(life.CachedAt, life.LoadedAt);
        _cachedAt = offset.Code;
        _freshFor = Span(life.FreshUntil - _loadedAt);
        _staleFor = Span(life.StaleWindow);
        _memoryFor = Until(life.MemoryUntil).Code;

        // One that slides is looked at closely each time it is read.
        _refreshFor = life.LatestFreshUntil > life.FreshUntil ? default : Until(life.RefreshAt).Code;

        CoarseSpan Until(long end) => end >= life.LatestFreshUntil ? CoarseSpan.Endless : CoarseSpan.Of(Span(end - _loadedAt));
    }

    /// <summary>Its key.</summary>
    public CacheKey Key => CacheKey.Restore(_text, _hash);

    /// <summary>The node's journal position before the load read the origin.</summary>
    public long Lease => _lease;

    /// <summary>Which reading of the journal the lease is of: once the journal turns out to be another one, leases of before mean nothing.</summary>
    public int Epoch => _epoch;

    /// <summary>When the load began.</summary>
    public long LoadedAt => _loadedAt;

    /// <summary>End of its freshness.</summary>
    public long FreshUntil => _loadedAt + (Volatile.Read(ref _freshFor) * Millisecond);

    /// <summary>When Redis is asked again, although it is fresh.</summary>
    public long MemoryUntil => MemoryFor.IsEndless ? LatestFreshUntil : _loadedAt + (MemoryFor.Milliseconds * Millisecond);

    /// <summary>When it is renewed behind an answer; <see cref="long.MaxValue"/> where it is not, or somebody does so already.</summary>
    public virtual long RefreshAt => RefreshFor.IsEndless ? long.MaxValue : _loadedAt + (RefreshFor.Milliseconds * Millisecond);

    /// <summary>How long after its freshness it may be served stale.</summary>
    public long StaleWindow => _staleFor * Millisecond;

    /// <summary>End of its stale window.</summary>
    public long StaleUntil => FreshUntil + StaleWindow;

    /// <summary>When the value was loaded, UTC, by the loader's clock: for display.</summary>
    public DateTime CachedAt => new WallClockOffset(_cachedAt).At(_loadedAt);

    /// <summary>Bytes that it is counted with; an estimate that errs on the high side.</summary>
    public int Size => _size;

    /// <summary>Its tags.</summary>
    public virtual IReadOnlyList<string> Tags => [];

    /// <summary>The sections that its value lacks; empty for a complete value.</summary>
    public virtual IReadOnlyList<string> FailedOperations => [];

    /// <summary>For how long a read keeps it fresh; 0 where reading changes nothing.</summary>
    public virtual long SlidingSpan => 0;

    /// <summary>The latest end of its freshness, however often it is read.</summary>
    public virtual long LatestFreshUntil => FreshUntil;

    /// <summary>Whether its value lacks a section.</summary>
    public bool IsPartial => FailedOperations.Count > 0;

    /// <summary>The count of learnt journal records, modulo 2^32, at which it was last found valid in its epoch; 0 where it never was.</summary>
    public uint ValidatedVersion
    {
        get => Volatile.Read(ref _validatedVersion);
        set => Volatile.Write(ref _validatedVersion, value);
    }

    /// <summary>How often it was answered from; approximate where threads meet.</summary>
    public long Hits => Volatile.Read(ref _hitsAndUses) / OneHit;

    /// <summary>How often it was used since the tier last looked, 7 at most; approximate where threads meet. Of the tier alone.</summary>
    public int Uses => (int)(Volatile.Read(ref _hitsAndUses) & MostUses);

    /// <summary>The next one in a chain of the tier. Of the tier alone.</summary>
    public MemoryEntry? Next
    {
        get => Volatile.Read(ref _next);
        set => Volatile.Write(ref _next, value);
    }

    /// <summary>Where the tier has it in its order. Of the tier alone.</summary>
    public uint Position
    {
        get => _position;
        set => _position = value;
    }

    private CoarseSpan MemoryFor => new(_memoryFor);

    private CoarseSpan RefreshFor => new(Volatile.Read(ref _refreshFor));

    /// <summary>Whether it is the entry of a key.</summary>
    public bool Has(CacheKey key) => _hash == key.GetHashCode() && string.Equals(_text, key.Value, StringComparison.Ordinal);

    /// <summary>
    /// Whether at a time it is fresh, memory may answer with it without asking Redis, and answering changes nothing: it does not slide, and its renewal is not due.
    /// </summary>
    public bool IsPlainlyFresh(long now)
    {
        var age = now - _loadedAt;
        return age < _freshFor * Millisecond && age < MemoryFor.Milliseconds * Millisecond && age < RefreshFor.Milliseconds * Millisecond;
    }

    /// <summary>Counts a use. What has enough of them is not written to: threads that read the same entry do not get into each other's way. Of the tier alone.</summary>
    public void Use()
    {
        // Read once: counted from another thread's seventh use, an eighth would run over into the hits.
        var counts = Volatile.Read(ref _hitsAndUses);
        if ((counts & MostUses) < MostUses)
        {
            Volatile.Write(ref _hitsAndUses, counts + 1);
        }
    }

    /// <summary>Sets how often it was used. Of the tier alone.</summary>
    /// <param name="uses">0 to 7.</param>
    public void SetUses(int uses) => Volatile.Write(ref _hitsAndUses, (Volatile.Read(ref _hitsAndUses) & ~MostUses) | (uint)uses);

    /// <summary>Counts an answer.</summary>
    public void CountHit()
    {
        var counts = Volatile.Read(ref _hitsAndUses);
        if (counts < uint.MaxValue - OneHit)
        {
            Volatile.Write(ref _hitsAndUses, counts + OneHit);
        }
    }

    /// <summary>The answer of a hit in memory: a <c>Cached&lt;T&gt;</c> of the value's type. Null where the entry has no value to answer with.</summary>
    public virtual object? Hit() => null;

    /// <summary>Whether the caller is the one to renew the value. True once.</summary>
    public virtual bool TryBeginRefresh() => !RefreshFor.IsEndless && !new CoarseSpan(Interlocked.Exchange(ref _refreshFor, CoarseSpan.Endless.Code)).IsEndless;

    /// <summary>It was read while it was fresh: where it slides, that keeps it fresh for its span from now, within its bound.</summary>
    public void Slide(long now)
    {
        var until = Math.Min(now + SlidingSpan, LatestFreshUntil);
        if (SlidingSpan > 0 && until > FreshUntil)
        {
            Volatile.Write(ref _freshFor, Span(until - _loadedAt));
        }
    }

    /// <summary>Whether this entry is to be kept over another of the same key: its load knew more, or began later; or it is of the same load, and slid further.</summary>
    public bool IsNewerThan(MemoryEntry other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Epoch != other.Epoch)
        {
            return Epoch > other.Epoch;
        }

        if (Lease != other.Lease)
        {
            return Lease > other.Lease;
        }

        return SlidingSpan > 0 && other.SlidingSpan > 0 && CachedAt == other.CachedAt ? FreshUntil > other.FreshUntil : LoadedAt > other.LoadedAt;
    }

    private static uint Span(long ticks) => (uint)Math.Clamp(ticks / Millisecond, 0, uint.MaxValue);
}
