namespace NeuroLab.ArchitectureTests.Rules;

/// <summary>Rules on who may know whom.</summary>
internal static class DependencyRules
{
    /// <summary>Nothing outside these namespaces is referred to.</summary>
    public static IEnumerable<Offence> DependOnlyOn(Subject subject, Rule rule, params string[] allowed) =>
        DependOnNoneOf(subject, rule, subject.ForeignNamespaces.Where(ns => !allowed.Any(root => IsIn(ns, root))).ToArray());

    /// <summary>None of these namespaces or types is referred to.</summary>
    public static IEnumerable<Offence> DependOnNoneOf(Subject subject, Rule rule, params string[] forbidden)
    {
        foreach (var name in forbidden)
        {
            var result = subject.NetArchTypes.ShouldNot().HaveDependencyOn(name).GetResult();
            foreach (var type in result.FailingTypes ?? [])
            {
                yield return rule.BrokenBy(type, $"depends on {name}");
            }
        }
    }

    /// <summary>No type or member has one of these words in its name.</summary>
    public static IEnumerable<Offence> SayNothingOf(Subject subject, Rule rule, params string[] words) =>
        from type in subject.Types
        from name in type.GetMembers(Members.Declared).Select(member => member.Name).Prepend(type.Name)
        from word in words
        where name.Contains(word, StringComparison.OrdinalIgnoreCase)
        select rule.BrokenBy(type, $"{name} speaks of \"{word}\"");

    /// <summary>
    /// A module is a namespace directly below one of the roots; those of the same name below several roots are one module. It refers to no other
    /// module, but where that is allowed, and then only to what that module makes public.
    /// </summary>
    /// <param name="subjects">The assemblies, each with the namespace that its modules stand in.</param>
    /// <param name="shared">Namespaces below a root that are no modules.</param>
    /// <param name="allowed">Who may know whom.</param>
    public static IEnumerable<Offence> ModulesStayApart(
        IReadOnlyList<(Subject Subject, string Root)> subjects, IReadOnlyList<string> shared, IReadOnlySet<(string From, string To)> allowed)
    {
        var modules = subjects.SelectMany(one => ModulesOf(one.Subject, one.Root)).Distinct().Where(module => !shared.Contains(module)).ToList();
        return
            from one in subjects
            from module in modules
            from other in modules
            where module != other
            from root in subjects
            from offence in DependOnNoneOf(
                one.Subject.In($"{one.Root}.{module}"),
                ModulesAreApart,
                allowed.Contains((module, other)) ? NamesOfInternals(root.Subject, $"{root.Root}.{other}") : [$"{root.Root}.{other}"])
            select offence;
    }

    /// <summary>The modules that are there.</summary>
    public static IEnumerable<string> ModulesOf(Subject subject, string root) => subject.Types
        .Where(type => type.Namespace?.StartsWith(root + ".", StringComparison.Ordinal) == true)
        .Select(type => type.Namespace![(root.Length + 1)..].Split('.')[0])
        .Distinct();

    private static Rule ModulesAreApart { get; } = new(
        "A module refers to no other module, but where ModuleTests allows it, and then to public types alone.",
        "Modules that reach into each other cannot be changed, tested or taken out one at a time.",
        "Put what both need into Common or Abstractions, or add the one direction to the allowed list in ModuleTests and say why.");

    private static string[] NamesOfInternals(Subject subject, string ns) =>
        subject.In(ns).Types.Where(type => !type.IsVisible && !type.IsNested).Select(type => type.FullName!).ToArray();

    private static bool IsIn(string ns, string root) => ns == root || ns.StartsWith(root + ".", StringComparison.Ordinal);
}
