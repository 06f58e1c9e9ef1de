using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;

namespace NeuroLab.Infrastructure.Caching.Journal;

/// <summary>A journal in this process alone: for the engine without a database, and for tests. Thread-safe.</summary>
internal sealed class InProcessJournal(TimeProvider clock) : IInvalidationJournal
{
    private readonly Lock _gate = new();
    private readonly List<JournalRecord> _records = [];
    private readonly Guid _id = Guid.NewGuid();
    private long _next = 1;
    private long _floor;

    public Task<JournalReading> ReadAsync(long since, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // Records lie in order of position: those asked for are at the end.
            var first = _records.Count;
            while (first > 0 && _records[first - 1].Position >= since)
            {
                first--;
            }

            return Task.FromResult(new JournalReading(_records[first..], _next, _id, _floor));
        }
    }

    public Task<long> AppendAsync(IReadOnlyList<Invalidation> invalidations, string command, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(invalidations.Count, nameof(invalidations));
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var position = _next++;
            var now = clock.UtcNow();
            _records.AddRange(invalidations.Select(invalidation => new JournalRecord(position, invalidation, JournalRecord.Shortened(command), now)));
            return Task.FromResult(position);
        }
    }

    public Task<int> TrimAsync(DateTime olderThan, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _floor = _records.Where(record => record.At < olderThan).Select(record => record.Position + 1).Append(_floor).Max();
            return Task.FromResult(_records.RemoveAll(record => record.At < olderThan));
        }
    }

    public Task<long> CountAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult((long)Math.Min(_records.Count, IInvalidationJournal.MostCounted));
        }
    }
}
