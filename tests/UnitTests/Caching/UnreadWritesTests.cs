using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Journal;

namespace NeuroLab.UnitTests.Caching;

/// <summary>Which records are of writes of this node.</summary>
public sealed class UnreadWritesTests
{
    private static readonly DateTime Written = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    private readonly UnreadWrites _writes = new(3);

    [Theory]
    [InlineData(10, "a:*", "test", true)]
    [InlineData(9, "a:*", "test", true)]
    [InlineData(8, "a:*", "test", false)]
    [InlineData(11, "a:*", "test", false)]
    [InlineData(10, "b:*", "test", false)]
    [InlineData(10, "a:*", "other", false)]
    public void TryTake_WhenARecordIsRead_TakesTheWriteThatItIsOf(long position, string text, string command, bool isOwn)
    {
        _writes.Add(Record(10, "a:*"), 2);

        _writes.TryTake(Record(position, text, command)).Should().Be(isOwn);

        _writes.Count.Should().Be(isOwn ? 0 : 1);
    }

    [Fact]
    public void TryTake_WhenAWriteNamesTheSameTwice_TakesItTwice()
    {
        _writes.Add(Record(10, "a:*"), 2);
        _writes.Add(Record(10, "a:*"), 2);

        new[] { _writes.TryTake(Record(9, "a:*")), _writes.TryTake(Record(10, "a:*")), _writes.TryTake(Record(10, "a:*")) }.Should().Equal(true, true, false);
    }

    [Fact]
    public void Add_WhenThereAreTooMany_ForgetsTheOldest()
    {
        for (var position = 1; position <= 4; position++)
        {
            _writes.Add(Record(position, "a:*"), 1);
        }

        Enumerable.Range(1, 4).Select(position => _writes.TryTake(Record(position, "a:*"))).Should().Equal(false, true, true, true);
    }

    [Fact]
    public void DropBefore_WhenThePositionHasPassedWrites_ForgetsThem()
    {
        // Committed in another order than they began.
        _writes.Add(Record(7, "a:*"), 1);
        _writes.Add(Record(5, "a:*"), 1);
        _writes.Add(Record(6, "a:*"), 1);

        _writes.DropBefore(6);

        _writes.Count.Should().Be(2);
        Enumerable.Range(5, 3).Select(position => _writes.TryTake(Record(position, "a:*"))).Should().Equal(false, true, true);
    }

    private static JournalRecord Record(long position, string text, string command = "test") =>
        new(position, new Invalidation(InvalidationTarget.Pattern, text), command, Written);
}
