using System.Diagnostics;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.IntegrationTests.History;

/// <summary>The checker itself, on histories made by hand: a write of each kind, and a read that breaks one clause or just does not.</summary>
public sealed class HistoryCheckerTests
{
    private const int Node = 0;
    private const int Other = 1;
    private const int Value = 7;
    private const long Token = 100;

    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(500);

    private readonly History _history = new();

    [Theory]
    [InlineData(Node, 30, 0, true)]
    [InlineData(Node, 30, 1, false)]
    [InlineData(Node, 19, 0, false)]
    [InlineData(Other, 30, 0, false)]
    public void Check_OwnWrite_DemandsWhatTheNodeHadAcknowledged(int node, int began, long version, bool broken)
    {
        Write(acknowledged: 20);

        Read(node, began, version);

        Broken().Should().Equal(broken ? [Clause.OwnWrite] : []);
    }

    [Theory]
    [InlineData(Token, 0, true)]
    [InlineData(Token, 1, false)]
    [InlineData(Token + 1, 0, false)]
    [InlineData(-1, 0, false)]
    public void Check_Token_DemandsTheWriteThatItNames(long token, long version, bool broken)
    {
        Write(acknowledged: 20);

        Read(Other, 30, version, op => op with { After = token });

        Broken().Should().Equal(broken ? [Clause.Token] : []);
    }

    [Theory]
    [InlineData(511, 0, true)]
    [InlineData(510, 0, true)]
    [InlineData(509, 0, false)]
    [InlineData(511, 1, false)]
    public void Check_Window_DemandsWhatWasCommittedBefore(int began, long version, bool broken)
    {
        // Committed by somebody who never heard of it: seen 10 ms after the start.
        Commit(seen: 10);

        Read(Other, began, version);

        Broken().Should().Equal(broken ? [Clause.Window] : []);
    }

    [Theory]
    [InlineData(30, 0, true)]
    [InlineData(9, 0, false)]
    [InlineData(30, 1, false)]
    public void Check_Forced_DemandsWhatWasCommittedAsItBegan(int began, long version, bool broken)
    {
        Commit(seen: 10);

        Read(Other, began, version, op => op with { Kind = OpKind.Forced }, result => result with { Source = AnswerSource.Origin });

        Broken().Should().Equal(broken ? [Clause.Forced] : []);
    }

    [Theory]
    [InlineData(true, true, 600, true)]
    [InlineData(true, false, 600, false)]
    [InlineData(false, true, 600, false)]
    [InlineData(true, true, 300, false)]
    public void Check_StaleAnswer_MayBeOverwrittenButNotPurged(bool purge, bool verified, int began, bool broken)
    {
        Commit(seen: 10, purge);

        Read(Other, began, 0, change: Stale(verified));

        Broken().Should().Equal(broken ? [Clause.Purged] : []);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Check_StaleAnswer_WhenThisNodePurgedIt_IsFoundAtOnce(bool verified)
    {
        Write(acknowledged: 20, purge: true);

        Read(Node, 30, 0, change: Stale(verified));

        Broken().Should().Equal(Clause.Purged);
    }

    [Fact]
    public void Check_Marks_AreDemandedOfStaleAnswersAndOfThemAlone()
    {
        Read(Node, 1, 0, change: result => result with { Source = AnswerSource.Stale });
        Read(Node, 2, 0, change: result => result with { Reason = 1 });
        Read(Node, 3, 0, change: result => result with { Invalidated = true });
        Read(Node, 4, 0, op => op with { Kind = OpKind.StaleCopy }, result => result with { Source = AnswerSource.Stale });

        Broken().Should().Equal(Clause.Marks, Clause.Marks, Clause.Marks);
    }

    [Fact]
    public void Check_WriteThatIsNotThere_IsLost()
    {
        _history.Add(Node, [new Op(OpKind.Write, Value)], [At(0, 20) with { Number = Token }]);

        Broken().Should().Equal(Clause.LostWrite);
    }

    [Fact]
    public void Check_WhatWasNotAnsweredOrNotAcknowledged_DemandsNothing()
    {
        Commit(seen: 1000);
        _history.Add(Node, [new Op(OpKind.Write, Value)], [At(0, 20) with { Outcome = Outcome.Failed }]);
        Read(Node, 30, 0);
        Read(Node, 3000, 0, change: result => result with { Outcome = Outcome.Failed, Source = AnswerSource.None });
        Read(Node, 3000, 0, change: result => result with { Outcome = Outcome.Missed, Source = AnswerSource.None });

        Broken().Should().BeEmpty();
    }

    [Fact]
    public void Check_AcknowledgementsOutOfOrder_DemandTheHighest()
    {
        _history.AddEffect(1, new Effect(Value, 2, Purge: false));
        _history.AddEffect(2, new Effect(Value, 1, Purge: false));
        _history.Add(Node, [new Op(OpKind.Write, Value), new Op(OpKind.Write, Value)], [At(0, 10) with { Number = 1 }, At(0, 20) with { Number = 2 }]);

        Read(Node, 30, 1);

        Broken().Should().Equal(Clause.OwnWrite);
    }

    [Fact]
    public void OutOfOrder_CountsWhatWasSeenAfterALaterId()
    {
        _history.AddEffect(2, new Effect(1, 1, Purge: false));
        _history.AddEffect(1, new Effect(2, 1, Purge: false));
        _history.AddEffect(3, new Effect(3, 1, Purge: false));
        _history.AddSeen(Milliseconds(10), 1, 1);
        _history.AddSeen(Milliseconds(20), 2, 1);
        _history.AddSeen(Milliseconds(30), 3, 1);

        HistoryReport.OutOfOrder(_history).Should().Be(1);
    }

    private static long Milliseconds(long milliseconds) => milliseconds * Stopwatch.Frequency / 1000;

    private static Result At(long began, long ended) => new() { Began = Milliseconds(began), Ended = Milliseconds(ended) };

    private static Func<Result, Result> Stale(bool verified) => result => result with
    {
        Source = AnswerSource.Stale, Reason = 1 + (byte)StaleReason.OriginError, Verified = verified,
    };

    private IEnumerable<Clause> Broken() => HistoryChecker.Check(_history, Window).Select(violation => violation.Clause);

    /// <summary>A write that was committed and seen, of which nobody heard that it was acknowledged.</summary>
    private void Commit(int seen, bool purge = false)
    {
        _history.AddEffect(Token, new Effect(Value, 1, purge));
        _history.AddSeen(Milliseconds(seen), Value, 1);
    }

    private void Write(int acknowledged, bool purge = false)
    {
        _history.AddEffect(Token, new Effect(Value, 1, purge));
        _history.Add(Node, [new Op(OpKind.Write, Value)], [At(0, acknowledged) with { Number = Token }]);
    }

    private void Read(int node, int began, long version, Func<Op, Op>? ask = null, Func<Result, Result>? change = null)
    {
        var result = At(began, began + 1) with { Source = AnswerSource.Memory, Version = version };
        _history.Add(node, [ask?.Invoke(new Op(OpKind.Read, Value)) ?? new Op(OpKind.Read, Value)], [change?.Invoke(result) ?? result]);
    }
}
