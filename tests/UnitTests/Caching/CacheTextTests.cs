using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.UnitTests.Caching;

public sealed class CacheTextTests
{
    [Fact]
    public void Of_WhenAStoreWouldKeepAnotherText_Throws()
    {
        // Not as the data of a theory: that is kept as UTF-8.
        foreach (var text in new[] { "half \ud83d", "\ude00\ud83d", "a\u0000", "\n" })
        {
            var make = new Action[] { () => CacheKey.Of(text), () => CachePattern.Glob(text), () => Invalidation.OfTag(text) };

            make.Should().AllSatisfy(make => make.Should().Throw<ArgumentException>().WithMessage("*well-formed Unicode*"));
            CacheKey.TryOf(text, out _).Should().BeFalse();
        }
    }

    [Theory]
    [InlineData("whole \ud83d\ude00 é")]
    [InlineData("-")]
    public void Of_WhenItIsWellFormed_KeepsTheTextAsItIs(string text)
    {
        CacheKey.Of(text).Value.Should().Be(text);
        CachePattern.Glob(text).Text.Should().Be(text);
        Invalidation.OfTag(text).Text.Should().Be(text);
    }

    [Fact]
    public void Owned_WhenPartsDiffer_MakesDifferentKeys()
    {
        var parts = new string?[][] { [null], ["-"], ["%2D"], ["a", "b"], ["a:b"], ["a%3Ab"], ["é"], ["e\u0301"], [""], [], ["", ""] };

        parts.Select(each => CacheKey.Owned("x", Guid.Empty, each)).Should().OnlyHaveUniqueItems();
        FluentActions.Invoking(() => CacheKey.Owned("x", Guid.Empty, "\ud800")).Should().Throw<ArgumentException>("U+FFFD would be the form of every half");
    }
}
