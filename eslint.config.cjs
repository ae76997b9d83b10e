const js = require("@eslint/js");
const globals = require("globals");

module.exports = [
  js.configs.recommended,
  {
    files: ["**/static/**/*.js"],
    languageOptions: {
      ecmaVersion: 2024,
      sourceType: "module",
      globals: {
        ...globals.browser,
        odoo: "readonly",
        owl: "readonly",
        luxon: "readonly",
      },
    },
    rules: {
      complexity: ["error", 10],
      eqeqeq: "error",
      "no-alert": "error",
      "no-console": "error",
      "no-else-return": "error",
      "no-empty-function": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-param-reassign": "error",
      "no-return-assign": "error",
      "no-shadow": "error",
      "no-throw-literal": "error",
      "no-unneeded-ternary": "error",
      "no-use-before-define": "error",
      "no-useless-concat": "error",
      "no-var": "error",
      "operator-assignment": ["error", "always"],
      "prefer-const": "error",
      "prefer-template": "error",
      "spaced-comment": ["error", "always"],
      // Odoo's own rules (test_lint)
      "no-duplicate-imports": "error",
      "no-restricted-globals": ["error", "event", "self"],
      "no-restricted-syntax": [
        "error",
        "PrivateIdentifier",
        {
          selector:
            "ClassDeclaration[superClass.name='Component']:not(:has(ClassBody.body > PropertyDefinition[key.name='props'][static='true']))",
          message: "Component should declare static props",
        },
        {
          selector:
            "ClassDeclaration[superClass.name='Component']:not(:has(ClassBody.body > PropertyDefinition[key.name='template'][static='true']))",
          message: "Component should declare static template",
        },
        {
          selector:
            "CallExpression[callee.name='_t'] > :first-child[value=/(.*%s){2,}/]",
          message: "Usage of _t function with multiple unnamed placeholders",
        },
        {
          selector:
            "CallExpression[callee.object.name='notificationService'][callee.property.name='add'] > Literal:first-child",
          message: "String passed to 'notificationService.add()' should be translated.",
        },
      ],
      "no-unused-vars": ["error", {vars: "all", args: "none", caughtErrors: "all"}],
    },
  },
];
