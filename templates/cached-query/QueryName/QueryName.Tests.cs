using Microsoft.Extensions.Time.Testing;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.UnitTests.Dashboard;

namespace NeuroLab.Application.ModuleName;

public sealed class QueryNameTests
{
    private static readonly Guid User = Guid.NewGuid();

    private readonly FakeDashboard _dashboard = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 14, 9, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Load_WhenThereAreExperiments_CountsThoseOfTheLastDays()
    {
        _dashboard.Days = [new DailyCount(new DateOnly(2026, 3, 12), 2), new DailyCount(new DateOnly(2026, 3, 14), 3)];

        var answer = await new QueryNameHandler(_dashboard, _clock).LoadAsync(new QueryName(User, Days: 7), CancellationToken.None);

        answer.Value.Should().Be(new AnswerNameResponse(Experiments: 5, ActiveDays: 2));
        _dashboard.ReadFor.Should().Be(User);
        _dashboard.Calls.Should().Equal("days 2026-03-07T09:00:00 ");
    }

    [Fact]
    public void Key_OfOtherDays_IsAnother() => new QueryName(User, Days: 7).Key.Should().NotBe(new QueryName(User, Days: 8).Key);

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(365, true)]
    [InlineData(366, false)]
    public void Validate_OfDays_TakesOneToAYear(int days, bool valid) =>
        new QueryNameValidator().Validate(new QueryName(User, days)).IsValid.Should().Be(valid);
}
