namespace NeuroLab.ArchitectureTests.Rules;

/// <summary>One rule of the architecture, in the words that somebody who broke it needs.</summary>
/// <param name="Text">What must hold.</param>
/// <param name="Why">What goes wrong where it does not.</param>
/// <param name="Instead">What to do.</param>
internal sealed record Rule(string Text, string Why, string Instead)
{
    /// <summary>A place where the rule is broken.</summary>
    /// <param name="offender">The type or file.</param>
    /// <param name="found">What was found there.</param>
    public Offence BrokenBy(string offender, string found) => new(this, offender, found);

    /// <inheritdoc cref="BrokenBy(string, string)" />
    public Offence BrokenBy(Type offender, string found) => new(this, offender.FullName!, found);
}

/// <summary>A place where a rule is broken.</summary>
internal sealed record Offence(Rule Rule, string Offender, string Found)
{
    public override string ToString() =>
        $"{Offender}: {Found}{Environment.NewLine}" +
        $"    rule:    {Rule.Text}{Environment.NewLine}" +
        $"    why:     {Rule.Why}{Environment.NewLine}" +
        $"    instead: {Rule.Instead}";
}

internal static class OffenceAssertions
{
    /// <summary>The rule holds.</summary>
    public static void ShouldBeNone(this IEnumerable<Offence> offences) =>
        Assert.True(!offences.Any(), Environment.NewLine + string.Join(Environment.NewLine, offences));

    /// <summary>The rule is seen to fail: it names these types, and no others of the fixture.</summary>
    public static void ShouldName(this IEnumerable<Offence> offences, params Type[] offenders) =>
        offences.ShouldName(offenders.Select(type => type.FullName!).ToArray());

    /// <inheritdoc cref="ShouldName(IEnumerable{Offence}, Type[])" />
    public static void ShouldName(this IEnumerable<Offence> offences, params string[] offenders)
    {
        var list = offences.ToList();
        list.Select(offence => offence.Offender).Distinct().Should().BeEquivalentTo(offenders);
        foreach (var offence in list)
        {
            offence.ToString().Should().Contain(offence.Offender).And.Contain("rule:").And.Contain("why:").And.Contain("instead:");
        }
    }
}
