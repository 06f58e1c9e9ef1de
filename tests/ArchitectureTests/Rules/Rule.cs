namespace NeuroLab.ArchitectureTests.Rules;

/// <summary>One rule of the architecture, in the words that somebody who broke it needs.</summary>
/// <param name="Text">What must hold.</param>
/// <param name="Why">What goes wrong where it does not.</param>
/// <param name="Instead">What to do.</param>
internal sealed record Rule(string Text, string Why, string Instead)
{
    /// <summary>A place where the rule is broken.</summary>
    /// <param name="offender">The full name of a type, the path of a file, or a name in one.</param>
    /// <param name="found">What was found there.</param>
    /// <param name="file">The path of the file; null: the offender is one, or a type, which leads to its file.</param>
    public Offence BrokenBy(string offender, string found, string? file = null) => new(this, offender, found, file);

    /// <inheritdoc cref="BrokenBy(string, string, string)" />
    public Offence BrokenBy(Type offender, string found) => new(this, offender.FullName!, found, null);
}

/// <summary>A place where a rule is broken.</summary>
internal sealed record Offence
{
    /// <summary>Creates it; see <see cref="Rule.BrokenBy(string, string, string)" />.</summary>
    public Offence(Rule rule, string offender, string found, string? file)
    {
        var path = file ?? (Path.IsPathRooted(offender) ? offender : null);
        (Rule, Found) = (rule, found);
        Offender = Path.IsPathRooted(offender) ? Path.GetFileName(offender) : offender;
        File = path is null ? SourceFiles.Of(offender) : SourceFiles.Relative(path);
    }

    /// <summary>The rule.</summary>
    public Rule Rule { get; }

    /// <summary>The type, the file's name, or what is named.</summary>
    public string Offender { get; }

    /// <summary>What was found.</summary>
    public string Found { get; }

    /// <summary>The file, from the repository's root; null where none is known.</summary>
    public string? File { get; }

    public override string ToString() =>
        $"{File ?? "(no source file)"}: {Offender} {Found}{Environment.NewLine}" +
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
        list.ForEach(ShouldTeach);
    }

    /// <summary>All that helps is in the message: which file, what was found there, the rule, why it exists and what to do instead.</summary>
    private static void ShouldTeach(Offence offence)
    {
        offence.File.Should().NotBeNull("of {0}", offence.Offender);
        Path.Exists(Path.Combine(SourceRules.Root, offence.File!)).Should().BeTrue("{0} is where {1} is", offence.File, offence.Offender);
        offence.Found.Should().NotBeEmpty();
        foreach (var part in new[] { offence.Rule.Text, offence.Rule.Why, offence.Rule.Instead })
        {
            part.Should().MatchRegex(@"^[A-Z].{10,}\.$", "a rule, its reason and its remedy are sentences");
        }

        offence.ToString().Split(Environment.NewLine).Should().Equal(
            $"{offence.File}: {offence.Offender} {offence.Found}", $"    rule:    {offence.Rule.Text}", $"    why:     {offence.Rule.Why}", $"    instead: {offence.Rule.Instead}");
    }
}
