using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Infrastructure.Caching.Memory;

/// <summary>
/// Entries first in, first out, in pieces that come and go with them. Each knows its place, so it can be taken out, or another put there, without a search. Not thread-safe.
/// </summary>
/// <param name="mark">The lowest bit of its entries' positions: which queue they are in.</param>
internal sealed class EntryQueue(uint mark)
{
    private const int PieceBits = 9;
    private const int PieceLength = 1 << PieceBits;
    private const uint PlaceMask = uint.MaxValue >> 1;
    private const int FewGaps = 2 * PieceLength;

    private MemoryEntry?[]?[] _pieces = new MemoryEntry?[]?[4];
    private MemoryEntry?[]? _spare;
    private uint _first;
    private int _span;

    /// <summary>How many entries there are.</summary>
    public int Count { get; private set; }

    /// <summary>Whether an entry that is in one of two queues is in this one.</summary>
    public bool Holds(MemoryEntry entry) => (entry.Position & 1) == mark;

    /// <summary>Adds an entry at the end.</summary>
    public void Enqueue(MemoryEntry entry)
    {
        if (_span - Count > Count + FewGaps)
        {
            CloseGaps();
        }

        Append(entry);
        Count++;
    }

    /// <summary>Takes the first entry.</summary>
    /// <returns>Null where there is none.</returns>
    public MemoryEntry? Dequeue()
    {
        while (_span > 0)
        {
            var entry = TakeFirst();
            if (entry is not null)
            {
                Count--;
                return entry;
            }
        }

        return null;
    }

    /// <summary>Takes an entry out that is in this queue.</summary>
    public void Remove(MemoryEntry entry)
    {
        At(entry) = null;
        Count--;
    }

    /// <summary>Puts an entry in the place of one that is in this queue.</summary>
    public void Replace(MemoryEntry old, MemoryEntry entry)
    {
        At(old) = entry;
        entry.Position = old.Position;
    }

    /// <summary>Whether an entry has the place that it says, in this queue.</summary>
    public bool IsInPlace(MemoryEntry entry) => Holds(entry) && (((entry.Position >> 1) - _first) & PlaceMask) < _span && At(entry) == entry;

    private ref MemoryEntry? At(MemoryEntry entry) => ref At(entry.Position >> 1);

    private ref MemoryEntry? At(uint place) => ref _pieces[PieceOf(place)]![place & (PieceLength - 1)];

    private int PieceOf(uint place) => (int)(place >> PieceBits) & (_pieces.Length - 1);

    private void Append(MemoryEntry entry)
    {
        var place = (_first + (uint)_span) & PlaceMask;
        if ((place & (PieceLength - 1)) == 0 || _span == 0)
        {
            // One more than are full: the first may be begun, and the last.
            if ((_span >> PieceBits) + 2 > _pieces.Length)
            {
                Spread();
            }

            _pieces[PieceOf(place)] ??= _spare ?? new MemoryEntry?[PieceLength];
            _spare = null;
        }

        At(place) = entry;
        entry.Position = (place << 1) | mark;
        _span++;
    }

    private MemoryEntry? TakeFirst()
    {
        ref var at = ref At(_first);
        var entry = at;
        at = null;
        var piece = PieceOf(_first);
        _first = (_first + 1) & PlaceMask;
        _span--;
        if ((_first & (PieceLength - 1)) == 0 || _span == 0)
        {
            _spare = _pieces[piece];
            _pieces[piece] = null;
        }

        return entry;
    }

    /// <summary>Doubles the number of pieces that there is room for.</summary>
    private void Spread()
    {
        var old = _pieces;
        var pieces = new MemoryEntry?[]?[old.Length * 2];
        for (var i = 0; i < old.Length; i++)
        {
            var place = (_first + (uint)(i << PieceBits)) & PlaceMask;
            pieces[(int)(place >> PieceBits) & (pieces.Length - 1)] = old[(int)(place >> PieceBits) & (old.Length - 1)];
        }

        _pieces = pieces;
    }

    /// <summary>Moves the entries together, in their order: where many were taken out and none left at the front.</summary>
    private void CloseGaps()
    {
        for (var left = _span; left > 0; left--)
        {
            if (TakeFirst() is { } entry)
            {
                Append(entry);
            }
        }
    }
}
