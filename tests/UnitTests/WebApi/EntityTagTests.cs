using System.Text;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.WebApi.Freshness;

namespace NeuroLab.UnitTests.WebApi;

public sealed class EntityTagTests
{
    private const string Tag = "W/\"0123abcd\"";

    private static readonly Guid User = Guid.NewGuid();

    private static readonly Freshness Fresh = Samples.Fresh(CacheSource.Memory);

    [Theory]
    [InlineData("W/\"0123abcd\"")]
    [InlineData("\"0123abcd\"")]
    [InlineData("*")]
    [InlineData(" * ")]
    [InlineData("\"x\", W/\"0123abcd\"")]
    [InlineData("\"x\",\"y\",\"0123abcd\",\"z\"")]
    [InlineData("W/\"a,b\", \"0123abcd\"")]
    [InlineData(",, ,\"0123abcd\"")]
    [InlineData("garbage, \"0123abcd\"")]
    [InlineData("W/garbage, \"0123abcd\"")]
    [InlineData("\"x\"garbage, \"0123abcd\"")]
    public void Matches_WhenTheHeaderNamesTheTag_SaysYes(string header) => EntityTag.Matches(header, Tag).Should().BeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("0123abcd")]
    [InlineData("\"0123ABCD\"")]
    [InlineData("\"0123abcd")]
    [InlineData("0123abcd\"")]
    [InlineData("w/\"0123abcd\"")]
    [InlineData("\"0123abcd\"x")]
    [InlineData("\"x\",")]
    [InlineData("*x")]
    [InlineData("\"W/\"0123abcd\"\"")]
    [InlineData("\"")]
    [InlineData("W/")]
    [InlineData("W/\"")]
    public void Matches_WhenItDoesNot_SaysNo(string header) => EntityTag.Matches(header, Tag).Should().BeFalse();

    [Fact]
    public void Matches_WhenThereAreSeveralLines_LooksAtEach()
    {
        EntityTag.Matches(new[] { "\"x\"", Tag }, Tag).Should().BeTrue();
        EntityTag.Matches(default, Tag).Should().BeFalse();
    }

    [Fact]
    public void Matches_WhateverIsSent_Ends()
    {
        const string Alphabet = "W/\"*, \tab\\";
        var random = new Random(7);
        for (var round = 0; round < 20_000; round++)
        {
            var header = string.Create(random.Next(24), random, static (span, source) =>
            {
                foreach (ref var c in span)
                {
                    c = Alphabet[source.Next(Alphabet.Length)];
                }
            });

            // What names no tag of these letters matches each of two others alike: by the star, or not at all.
            EntityTag.Matches(header, "W/\"never\"").Should().Be(EntityTag.Matches(header, "W/\"other\""));
        }
    }

    [Fact]
    public void Of_WhenValueAndMarksAreTheSame_IsTheSameHoweverOld()
    {
        var value = Encoding.UTF8.GetBytes("{\"a\":1}");

        var tag = EntityTag.Of(value, Fresh, User);

        tag.Should().MatchRegex("^W/\"[0-9a-f]{32}\"$");
        EntityTag.Of(value, Fresh with { Source = CacheSource.Origin, CachedAt = Fresh.CachedAt.AddHours(1), FreshUntil = Fresh.FreshUntil.AddHours(2) }, User).Should().Be(tag);
    }

    [Fact]
    public void Of_WhenValueOrAMarkDiffers_IsAnother()
    {
        var (value, other) = (Encoding.UTF8.GetBytes("{\"a\":1}"), Encoding.UTF8.GetBytes("{\"a\":2}"));
        string[] tags =
        [
            EntityTag.Of(value, Fresh, User),
            EntityTag.Of(other, Fresh, User),
            EntityTag.Of(value, Samples.Stale(StaleReason.OriginError), User),
            EntityTag.Of(value, Samples.Stale(StaleReason.OriginError) with { Invalidated = true }, User),
            EntityTag.Of(value, Fresh with { FailedOperations = ["trends"] }, User),
            EntityTag.Of(value, Fresh with { FailedOperations = ["counts"] }, User),
        ];

        tags.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Of_WhenTwoUsersHaveTheSameValue_IsAnother()
    {
        var value = Encoding.UTF8.GetBytes("{\"a\":1}");
        Freshness[] marks = [Fresh, Samples.Stale(StaleReason.OriginError)];

        foreach (var freshness in marks)
        {
            EntityTag.Of(value, freshness, Guid.NewGuid()).Should().NotBe(EntityTag.Of(value, freshness, User));
        }
    }
}
