using NeuroLab.Infrastructure.Caching.Redis;

namespace NeuroLab.UnitTests.Caching.Redis;

public sealed class RedisInfoTests
{
    [Fact]
    public void Parse_WhenThereAreSeveralMasters_AddsTheirCounts() =>
        RedisInfo.Parse(["used_memory:3\r\n", "# Memory\r\nused_memory:4\r\n"], TimeSpan.Zero).UsedMemory.Should().Be(7);

    [Fact]
    public void Parse_WhenTheSumIsTooLarge_IsTheMostThereIs() =>
        RedisInfo.Parse(["used_memory:9223372036854775807", "used_memory:1"], TimeSpan.Zero).UsedMemory.Should().Be(long.MaxValue);

    [Theory]
    [InlineData("")]
    [InlineData("used_memory:-1")]
    [InlineData("used_memory:9223372036854775808")]
    [InlineData("used_memory")]
    [InlineData(":")]
    public void Parse_WhenACountIsMissing_SaysNothingOfIt(string info) => RedisInfo.Parse([info], TimeSpan.Zero).UsedMemory.Should().BeNull();
}
