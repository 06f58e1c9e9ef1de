using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.UnitTests.Caching;

public sealed class ConsistencyTokenTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0xabcdef)]
    [InlineData(long.MaxValue)]
    public void TryParse_WhenItIsTheTextOfAToken_BringsItBack(long position)
    {
        ConsistencyToken.TryParse(new ConsistencyToken(position).ToString(), out var token).Should().BeTrue();
        token.Position.Should().Be(position);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("v1.")]
    [InlineData("v2.1")]
    [InlineData("v1.1\0")]
    [InlineData("v1. 1")]
    [InlineData("v1.-1")]
    [InlineData("v1.8000000000000000")]
    [InlineData("v1.00000000000000001")]
    public void TryParse_WhenItIsNone_Refuses(string? text) => ConsistencyToken.TryParse(text, out _).Should().BeFalse();
}
